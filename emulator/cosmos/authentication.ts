import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { WireRequest } from "../shared/wire.ts";
import { limits } from "./limits.ts";
import { CosmosError } from "./protocol/errors.ts";

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
    const { resourceType, resourceLink } = signedResource(segments);
    const payload = `${method.toLowerCase()}\n${resourceType}\n${resourceLink}\n${date.toLowerCase()}\n\n`;
    const expected = createHmac("sha256", secret).update(payload).digest();
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw unauthorized(
        "The input authorization token can't serve the request. The wrong key is being used or " +
          `the expected payload is not built as per the protocol. Server used: ${JSON.stringify(payload)}`,
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

/** What a signature covers: the resource addressed, or the parent of the feed addressed. */
function signedResource(segments: readonly string[]): {
  resourceType: string;
  resourceLink: string;
} {
  const addressesFeed = segments.length % 2 === 1;
  const resourceType = segments.at(addressesFeed ? -1 : -2) ?? "";
  // Offers have no names; their ids are signed in lower case and alone.
  if (resourceType === "offers") {
    return { resourceType, resourceLink: (segments[1] ?? "").toLowerCase() };
  }
  const link = addressesFeed ? segments.slice(0, -1) : segments;
  return { resourceType, resourceLink: link.join("/") };
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
