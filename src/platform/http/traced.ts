import { isRecording } from "../telemetry/recording.ts";
import { startSpan } from "../telemetry/spans.ts";
import { contextIn } from "../trace-context.ts";
import type { HttpHandler, HttpInvocation, HttpRequest } from "./exchange.ts";

/**
 * A span for each request, below the host's own: the host records the request, which the span is not another one of. The
 * handler sees the request as if it came from within the span.
 */
export function traced(method: string, route: string, handler: HttpHandler): HttpHandler {
  return async (request, invocation) => {
    const parent = spanAround(request, invocation);
    if (!isRecording()) return handler(within(request, parent), invocation);
    const span = startSpan(`${method} /api/${route}`, {
      kind: "internal",
      parent,
      attributes: { "http.route": `/api/${route}` },
    });
    try {
      const response = await handler(within(request, span.traceparent), invocation);
      span.end(response.status >= 500 ? new Error(`answered ${response.status}`) : undefined);
      return response;
    } catch (error) {
      span.end(error);
      throw error;
    }
  };
}

/** The host's span of the invocation; a host without telemetry has none, and then the caller's. */
function spanAround(request: HttpRequest, { traceContext }: HttpInvocation): string | undefined {
  return (
    contextIn(traceContext?.traceParent ?? null) ?? contextIn(request.headers.get("traceparent"))
  );
}

function within(request: HttpRequest, traceparent: string | undefined): HttpRequest {
  if (traceparent === undefined) return request;
  return {
    url: request.url,
    params: request.params,
    query: request.query,
    headers: {
      get: (name) =>
        name.toLowerCase() === "traceparent" ? traceparent : request.headers.get(name),
    },
    text: () => request.text(),
  };
}
