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

/** Where a handler's invocation logs to; `InvocationContext` of @azure/functions fits as it is. */
type InvocationLog = { error(...details: unknown[]): void };

export type HttpHandler = (request: HttpRequest, log: InvocationLog) => Promise<HttpResponse>;

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
