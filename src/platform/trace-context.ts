import { randomBytes } from "node:crypto";

const traceparentForm = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The W3C trace context to store with a command: the caller's if it is valid, else the start of a new, sampled trace.
 * It travels in the documents, because neither change feed carries one (https://www.w3.org/TR/trace-context/).
 */
export function traceparentFrom(header: string | null): string {
  if (header !== null && traceparentForm.test(header)) return header;
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;
}
