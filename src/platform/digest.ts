import { createHash } from "node:crypto";

const idAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/** A URL-safe name derived from its parts: `length` (at most 32) characters of [0-9a-z], 5.1 bits each. */
export function deriveId(length: number, ...parts: readonly string[]): string {
  const digest = createHash("sha256").update(parts.join("\n")).digest();
  let id = "";
  for (const byte of digest.subarray(0, length)) id += idAlphabet.charAt(byte % 36);
  return id;
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
