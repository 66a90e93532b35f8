import { assert } from "./assert.ts";

/**
 * The milliseconds since the epoch that an RFC 3339 text names. Instants are compared as numbers: the same one has many
 * texts (`…:20Z`, `…:20.000Z`, `…:20.000+00:00`), and those of different lengths do not sort.
 */
export function instantMs(text: string): number {
  const ms = Date.parse(text);
  assert(!Number.isNaN(ms), `not an instant: ${text}`);
  return ms;
}

/** The one form in which instants are stored and shown: RFC 3339 in UTC with milliseconds. */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString();
}
