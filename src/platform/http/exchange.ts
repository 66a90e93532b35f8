/** A request and a response as the stages see them; `HttpRequest` of @azure/functions fits as it is. */
export type HttpRequest = {
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly params: Readonly<Record<string, string>>;
  readonly query: { get(name: string): string | null };
  text(): Promise<string>;
};

export type HttpResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What a handler knows of its invocation; `InvocationContext` of @azure/functions fits as it is. */
export type HttpInvocation = {
  error(...details: unknown[]): void;
  /** The host's span, as W3C trace context; empty if the host records no telemetry. */
  readonly traceContext?: { readonly traceParent?: string | undefined } | undefined;
};

export type HttpHandler = (
  request: HttpRequest,
  invocation: HttpInvocation,
) => Promise<HttpResponse>;

/** Kept by no cache, and taken for nothing else than it is. */
export const commonHeaders = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

export function json(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...commonHeaders, ...headers },
    body: JSON.stringify(body),
  };
}
