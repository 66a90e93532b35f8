import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { WireRequest } from "../shared/wire.ts";
import { limits } from "./limits.ts";
import { CosmosError } from "./protocol/errors.ts";
import { isByResourceId } from "./protocol/resource-names.ts";

/**
 * Checks the master key signature of a request (documentation: "Access control in the Azure Cosmos
 * DB SQL API"). Throws 401 if it is missing or wrong, 403 if its date is too far from the machine's
 * clock. Time that a test moved does not count here, because clients sign with the real one.
 */
export function createAuthentication(
  key: string,
): (request: WireRequest, segments: readonly string[]) => void {
  const secret = createSecretKey(key, "base64");
  return ({ method, headers }, segments) => {
    const given = readSignature(headers["authorization"]);
    const date = headers["x-ms-date"] ?? headers["date"] ?? "";
    const payloads = signedResources(segments).map(({ type, link }) =>
      [method.toLowerCase(), type, link, date.toLowerCase(), "", ""].join("\n"),
    );
    const isSigned = (payload: string): boolean => {
      const expected = createHmac("sha256", secret).update(payload).digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    };
    if (!payloads.some(isSigned)) {
      throw unauthorized(
        "The input authorization token can't serve the request. The wrong key is being used or " +
          `the expected payload is not built as per the protocol. Server used: ${JSON.stringify(payloads[0])}`,
      );
    }
    const skewMs = Math.abs(Date.now() - Date.parse(date));
    if (!(skewMs <= limits.tokenClockSkewMs)) {
      throw new CosmosError(
        403,
        `The authorization token is not valid at the current time: it was made at ${date}.`,
      );
    }
  };
}

type SignedResource = { readonly type: string; readonly link: string };

/**
 * What a signature may cover: the resource addressed, or the parent of the feed addressed. One that
 * is addressed by its resource id is signed by that alone, in lower case.
 */
function signedResources(segments: readonly string[]): readonly SignedResource[] {
  const addressesFeed = segments.length % 2 === 1;
  const type = segments.at(addressesFeed ? -1 : -2) ?? "";
  // Offers have no names.
  if (type === "offers") return [{ type, link: (segments[1] ?? "").toLowerCase() }];
  // Deleting a logical partition is an operation on its container; clients differ in its type.
  if (segments[4] === "operations") {
    const container = segments.slice(0, 4).join("/");
    return ["partitionkey", "colls"].map((operated) => ({ type: operated, link: container }));
  }
  const link = addressesFeed ? segments.slice(0, -1) : segments;
  const byName = { type, link: link.join("/") };
  if (!isByResourceId(segments)) return [byName];
  return [byName, { type, link: (link.at(-1) ?? "").toLowerCase() }];
}

function readSignature(header: string | undefined): Buffer {
  if (header === undefined) {
    throw unauthorized("Required header 'authorization' is missing.");
  }
  const token = new URLSearchParams(safelyDecoded(header).replaceAll("+", "%2B"));
  const signature = token.get("sig");
  if (token.get("type") !== "master" || token.get("ver") !== "1.0" || signature === null) {
    throw unauthorized("Only the account key is accepted: type=master&ver=1.0&sig=...");
  }
  return Buffer.from(signature, "base64");
}

function safelyDecoded(header: string): string {
  try {
    return decodeURIComponent(header);
  } catch {
    throw unauthorized("The authorization header is not URL-encoded.");
  }
}

const unauthorized = (message: string): CosmosError => new CosmosError(401, message);
