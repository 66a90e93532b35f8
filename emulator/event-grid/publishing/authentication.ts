import { createHmac, timingSafeEqual } from "node:crypto";
import type { WireRequest } from "../../shared/wire.ts";
import { EventGridError } from "../errors.ts";
import type { Topic } from "../topic.ts";

/**
 * Checks an access key (`aeg-sas-key`, as header or query parameter) or a shared access signature
 * (`aeg-sas-token`, or `Authorization: SharedAccessSignature`) of a publisher (documentation:
 * "Authenticate Azure Event Grid clients using access keys or shared access signatures").
 * @param endpoint the topic's own URL, for which a signature must be made
 * @throws EventGridError 401
 */
export function authenticate(
  topic: Topic,
  { headers, path }: Pick<WireRequest, "headers" | "path">,
  endpoint: string,
): void {
  const key = headers["aeg-sas-key"] ?? queryOf(path).get("aeg-sas-key") ?? undefined;
  if (key !== undefined) {
    if (isSame(key, topic.key1) || isSame(key, topic.key2)) return;
    throw unauthorized(topic, "Invalid Key");
  }
  const token = headers["aeg-sas-token"] ?? sharedAccessSignature(headers["authorization"]);
  if (token === undefined) {
    throw new EventGridError(
      401,
      "Request must contain one of the following authorization signature: aeg-sas-token, aeg-sas-key.",
    );
  }
  checkToken(topic, token, endpoint);
}

/** `r={resource}&e={expiry}&s={HMAC-SHA256 of what stands before it}`, each percent-encoded. */
function checkToken(topic: Topic, token: string, endpoint: string): void {
  const mark = token.lastIndexOf("&s=");
  if (mark === -1) throw unauthorized(topic, "Malformed token");
  const signed = token.slice(0, mark);
  const fields = new URLSearchParams(signed);
  const signature = new URLSearchParams(token.slice(mark + 1)).get("s") ?? "";
  const isGenuine = [topic.key1, topic.key2].some((key) => {
    const secret = Buffer.from(key, "base64");
    return isSame(signature, createHmac("sha256", secret).update(signed).digest("base64"));
  });
  if (!isGenuine) throw unauthorized(topic, "Invalid signature");
  const [resource = ""] = (fields.get("r") ?? "").split("?");
  if (resource === "" || !endpoint.startsWith(resource)) {
    throw unauthorized(topic, "The token was made for another resource");
  }
  // Publishers sign with the time of the machine, so time that a test moved does not count here.
  const expiresAt = Date.parse(utc(fields.get("e") ?? ""));
  if (!(expiresAt > Date.now())) throw unauthorized(topic, "The token has expired");
}

/** Expiry texts such as `6/5/2020 12:09:03 PM` bear no zone and mean UTC. */
function utc(text: string): string {
  return /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : text.includes("T") ? `${text}Z` : `${text} UTC`;
}

function sharedAccessSignature(authorization: string | undefined): string | undefined {
  return /^SharedAccessSignature (.+)$/i.exec(authorization ?? "")?.[1];
}

function queryOf(path: string): URLSearchParams {
  const start = path.indexOf("?");
  return new URLSearchParams(start === -1 ? "" : path.slice(start + 1).replaceAll("+", "%2B"));
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function unauthorized(topic: Topic, reason: string): EventGridError {
  return new EventGridError(
    401,
    `The request authorization key is not authorized for ${topic.name.toUpperCase()}. ` +
      `This is due to the reason: ${reason}.`,
  );
}
