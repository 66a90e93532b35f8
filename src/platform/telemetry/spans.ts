/**
 * Spans of the work that a message causes. Neither change feed carries a trace, so each span continues the one that is
 * stored with the message, and what is stored next continues the span: one trace from the client's POST to the last
 * reaction. While nothing records (no connection string), this costs nothing and the stored context is passed on.
 */
import {
  type Attributes,
  context,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { traceparentForm, traceparentFrom } from "../trace-context.ts";
import { isRecording } from "./recording.ts";

export type WorkSpan = {
  /** W3C trace context for whatever this work causes. */
  readonly traceparent: string;
  note(attributes: Attributes): void;
  /** With what went wrong, if it failed. */
  end(failure?: unknown): void;
};

type SpanOptions = {
  readonly kind: "server" | "consumer" | "producer" | "internal";
  /** The trace context that it continues; without one a trace begins. */
  readonly parent?: string | undefined;
  readonly attributes?: Attributes;
};

export function startSpan(name: string, { kind, parent, attributes }: SpanOptions): WorkSpan {
  if (!isRecording()) return silentSpan(parent);
  const parentContext = parent === undefined ? undefined : spanContextOf(parent);
  const within =
    parentContext === undefined
      ? context.active()
      : trace.setSpanContext(context.active(), parentContext);
  const options = { kind: kinds[kind], root: parentContext === undefined };
  const named = kind === "consumer" ? { ...attributes, [operationName]: name } : { ...attributes };
  const tracer = trace.getTracer("saldo");
  return liveSpan(tracer.startSpan(name, { ...options, attributes: named }, within));
}

/** Without it the exporter sends consumer spans nameless (npm:@azure/monitor-opentelemetry-exporter, spanUtils). */
const operationName = "ai.operation.name";

/** Runs work within a span that ends with it. */
export async function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (span: WorkSpan) => Promise<Result>,
): Promise<Result> {
  const span = startSpan(name, options);
  try {
    const result = await work(span);
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

const kinds = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
  internal: SpanKind.INTERNAL,
} as const;

function silentSpan(parent: string | undefined): WorkSpan {
  const nothing = (): void => undefined;
  return { traceparent: parent ?? traceparentFrom(null), note: nothing, end: nothing };
}

function liveSpan(span: Span): WorkSpan {
  return {
    traceparent: traceparentOf(span.spanContext()),
    note: (attributes) => {
      span.setAttributes(attributes);
    },
    end: (failure) => {
      if (failure !== undefined) {
        const message = failure instanceof Error ? failure.message : "failed";
        if (failure instanceof Error) span.recordException(failure);
        span.setStatus({ code: SpanStatusCode.ERROR, message });
      }
      span.end();
    },
  };
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

function spanContextOf(traceparent: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = traceparentForm.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
