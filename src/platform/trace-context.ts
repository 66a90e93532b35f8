import { randomUUID } from "node:crypto";

/** Trace id, span id and flags of a well-formed `traceparent`. */
export const traceparentForm = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * The W3C trace context to store with a command: the caller's if it is valid, else the start of a new, sampled trace.
 * It travels in the documents, because neither change feed carries one (https://www.w3.org/TR/trace-context/).
 */
export function traceparentFrom(header: string | null): string {
  if (header !== null && traceparentForm.test(header)) return header;
  // A UUID is random enough for an id, and Node draws its entropy ahead of time.
  const spanId = randomUUID().replaceAll("-", "").slice(16);
  return `00-${randomUUID().replaceAll("-", "")}-${spanId}-01`;
}
