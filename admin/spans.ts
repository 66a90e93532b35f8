/**
 * Spans of what this app hears and does, in the traces of those who caused it (W3C Trace Context). They are sent if
 * whoever runs the process has set up OpenTelemetry; if not, traces pass through as they came.
 */
import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { Attributes, Span, SpanContext } from "@opentelemetry/api";

export type OpenSpan = {
  /** For whatever this causes; undefined outside any trace. */
  traceparent: string | undefined;
  end: (failure?: unknown) => void;
};

/** Begins a span that continues a trace; without one, and with OpenTelemetry set up, a trace begins. */
export const startSpan = (
  name: string,
  kind: "consumer" | "client",
  traceparent: string | undefined,
  attributes: Attributes,
): OpenSpan => {
  const parent = spanContextFrom(traceparent);
  const within = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const named = { ...attributes, [operationName]: name };
  const options = { kind: kinds[kind], attributes: named };
  const span = trace.getTracer("saldo-admin").startSpan(name, options, within);
  return {
    traceparent: traceparentOf(span.spanContext()),
    end: (failure) => {
      endSpan(span, failure);
    },
  };
};

/** Azure Monitor's exporter sends consumer spans nameless without it. */
const operationName = "ai.operation.name";

const kinds = { consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT } as const;

const endSpan = (span: Span, failure: unknown): void => {
  if (failure !== undefined) {
    const message = failure instanceof Error ? failure.message : "failed";
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }
  span.end();
};

const traceparentOf = (context: SpanContext): string | undefined => {
  if (!isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags } = context;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
};

const spanContextFrom = (traceparent: string | undefined): SpanContext | undefined => {
  const [, traceId, spanId, flags] = form.exec(traceparent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
};

const form = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
