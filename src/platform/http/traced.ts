import { startSpan } from "../telemetry/spans.ts";
import { isRecording } from "../telemetry/recording.ts";
import type { HttpHandler, HttpRequest } from "./exchange.ts";

/** A span for each request at a door; the handler sees the request as if it came from within that span. */
export function traced(method: string, route: string, handler: HttpHandler): HttpHandler {
  return async (request, log) => {
    if (!isRecording()) return handler(request, log);
    const span = startSpan(`${method} /api/${route}`, {
      kind: "server",
      parent: request.headers.get("traceparent") ?? undefined,
      attributes: {
        "http.request.method": method,
        "http.route": `/api/${route}`,
        // Without its query: somebody may have put a token there, though none is taken from it.
        "url.full": request.url.split("?", 1)[0] ?? "",
      },
    });
    try {
      const response = await handler(within(request, span.traceparent), log);
      span.note({ "http.response.status_code": response.status });
      span.end(response.status >= 500 ? new Error(`answered ${response.status}`) : undefined);
      return response;
    } catch (error) {
      span.end(error);
      throw error;
    }
  };
}

function within(request: HttpRequest, traceparent: string): HttpRequest {
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
