import { randomUUID } from "node:crypto";

/** Where an invocation stands in a trace: its own span, and the one it continues. */
export type TraceContext = {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent at the root of a trace. */
  readonly parentId: string | undefined;
  /** Two hexadecimal digits; 01 = sampled. */
  readonly flags: string;
  readonly state: string;
};

/**
 * What the real host continues (OBSERVED on host 4.1037; https://www.w3.org/TR/trace-context/): any version but ff, with
 * nothing behind the flags.
 */
const traceparentForm =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The context of a new span: in the caller's trace if it names one, else in a new one that is sampled. */
export function continueTrace(
  traceparent: string | undefined,
  tracestate: string | undefined,
): TraceContext {
  const [, traceId, parentId, flags = "01"] = traceparentForm.exec(traceparent ?? "") ?? [];
  const spanId = randomId().slice(16);
  if (traceId === undefined) return { traceId: randomId(), spanId, parentId, flags, state: "" };
  return { traceId, spanId, parentId, flags, state: tracestate ?? "" };
}

/** A UUID is random enough for an id, and Node draws its entropy ahead of time. */
function randomId(): string {
  return randomUUID().replaceAll("-", "");
}

export function toTraceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags}`;
}

/** Ids of the span that a traceparent names, for a link to it. */
export function spanIn(
  traceparent: string,
): { readonly traceId: string; readonly spanId: string } | undefined {
  const [, traceId, spanId] = traceparentForm.exec(traceparent) ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}
