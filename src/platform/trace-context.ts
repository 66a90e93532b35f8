import { randomUUID } from "node:crypto";

/** Trace id, span id and flags of a well-formed `traceparent` of the version that is stored. */
export const traceparentForm = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Of a version to come: what we know of it stands in front, and more may follow (W3C Trace Context, "Versioning"). */
const laterForm =
  /^(?!00|ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(?:-|$)/;

/** The context that a caller's header names, in the version that is stored; undefined if it names none. */
export function contextIn(header: string | null): string | undefined {
  if (header === null) return undefined;
  if (traceparentForm.test(header)) return header;
  const [, known] = laterForm.exec(header) ?? [];
  return known === undefined ? undefined : `00-${known}`;
}

/**
 * The W3C trace context to store with a command: the caller's if it is valid, else the start of a new, sampled trace.
 * It travels in the documents, because neither change feed carries one (https://www.w3.org/TR/trace-context/).
 */
export function traceparentFrom(header: string | null): string {
  const context = contextIn(header);
  if (context !== undefined) return context;
  // A UUID is random enough for an id, and Node draws its entropy ahead of time.
  const spanId = randomUUID().replaceAll("-", "").slice(16);
  return `00-${randomUUID().replaceAll("-", "")}-${spanId}-01`;
}
