import type { IncomingMessage } from "node:http";

/** Who may call: everybody, holders of any key, holders of the master key. */
export type AuthLevel = "anonymous" | "function" | "admin";

const masterKeyName = "master";
const systemSuffix = "_extension";

/**
 * Checks the key a request carries in the header `x-functions-key` or the query parameter `code`
 * (documentation: "Work with access keys in Azure Functions").
 * @param keys access keys by name; only `master` opens the level `admin`
 */
export function isAuthorized(
  level: AuthLevel,
  request: IncomingMessage,
  keys: Readonly<Record<string, string>>,
): boolean {
  if (level === "anonymous") return true;
  const given = keyOf(request);
  if (given === undefined) return false;
  if (given === keys[masterKeyName]) return true;
  if (level === "admin") return false;
  return Object.entries(keys).some(([name, key]) => key === given && !name.endsWith(systemSuffix));
}

/**
 * Checks the system key of an extension, which opens its webhook and nothing else: in the keys it
 * is named `<extension>_extension`.
 */
export function isExtensionAuthorized(
  extension: string,
  request: IncomingMessage,
  keys: Readonly<Record<string, string>>,
): boolean {
  const given = keyOf(request);
  if (given === undefined) return false;
  return given === keys[masterKeyName] || given === keys[`${extension}${systemSuffix}`];
}

function keyOf(request: IncomingMessage): string | undefined {
  const header = request.headers["x-functions-key"];
  if (typeof header === "string" && header !== "") return header;
  const url = request.url ?? "";
  const query = url.indexOf("?");
  if (query === -1) return undefined;
  return new URLSearchParams(url.slice(query + 1)).get("code") ?? undefined;
}
