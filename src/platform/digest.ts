import { createHash } from "node:crypto";

const idAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/**
 * A URL-safe name derived from its parts, one or more: `length` (at most 32) characters of [0-9a-z], 5.1 bits each. Other
 * parts have another name, however they are cut: (`ab`, `c`) is not (`a`, `bc`).
 */
export function deriveId(length: number, ...parts: readonly string[]): string {
  let id = "";
  for (const byte of digestOf(parts).subarray(0, length)) id += idAlphabet.charAt(byte % 36);
  return id;
}

/**
 * Line feeds separate the parts. For parts that contain one there is another encoding under another hash function, so that
 * no list of parts stands for the same bytes as another.
 */
function digestOf(parts: readonly string[]): Buffer {
  return parts.some((part) => part.includes("\n"))
    ? createHash("sha512").update(JSON.stringify(parts)).digest()
    : createHash("sha256").update(parts.join("\n")).digest();
}

/** FNV-1a, 32 bits: for telling texts apart quickly where a collision does no harm. */
export function shortHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** SHA-256 of a JSON value in canonical form (members sorted): equal values have equal fingerprints. */
export function fingerprint(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(canonical(value)))
    .digest("base64url");
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, canonical(member)]));
}
