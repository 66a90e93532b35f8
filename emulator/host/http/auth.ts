import type { IncomingMessage } from "node:http";

/** Who may call: everybody, holders of any key, holders of the master key. */
export type AuthLevel = "anonymous" | "function" | "admin";

const masterKeyName = "master";

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
  return level === "function" && Object.values(keys).includes(given);
}

function keyOf(request: IncomingMessage): string | undefined {
  const header = request.headers["x-functions-key"];
  if (typeof header === "string" && header !== "") return header;
  const url = request.url ?? "";
  const query = url.indexOf("?");
  if (query === -1) return undefined;
  return new URLSearchParams(url.slice(query + 1)).get("code") ?? undefined;
}
