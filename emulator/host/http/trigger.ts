import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { CoreResponse } from "../core-module.ts";
import { textOption, type HostFunction } from "../functions.ts";
import type { HostServices, Listener, TriggerKind } from "../trigger-kind.ts";
import type { TypedData } from "../typed-data.ts";
import { isAuthorized, type AuthLevel } from "./auth.ts";
import { readBody } from "./body.ts";
import { statusOf, writeHttpData, writeStatus } from "./responses.ts";
import { createRouter, type RouteMatch } from "./router.ts";
import { createThrottle } from "./throttle.ts";

type HttpFunction = { readonly target: HostFunction; readonly authLevel: AuthLevel };

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly match: RouteMatch<HttpFunction>;
};

/** HTTP functions under host.json's route prefix. */
export function createHttpTrigger(services: HostServices): TriggerKind {
  const { configuration, frontDoor, streams } = services;
  const router = createRouter<HttpFunction>();
  const throttle = createThrottle(configuration.http);
  const { routePrefix } = configuration.http;
  const prefix = routePrefix === "" ? "" : `/${routePrefix}`;

  frontDoor.mount(prefix, async (request, response, path) => {
    const match = router.match(request.method ?? "GET", path.slice(prefix.length));
    if (match === undefined) {
      writeStatus(response, 404);
      return;
    }
    if (!isAuthorized(match.target.authLevel, request, configuration.keys)) {
      writeStatus(response, 401);
      return;
    }
    const exchange = { request, response, match };
    const admitted = await throttle.run(() =>
      streams === undefined ? runBuffered(services, exchange) : runStreamed(services, exchange),
    );
    if (!admitted) writeStatus(response, 429);
  });

  const listen = (target: HostFunction): Listener => {
    const { trigger } = target;
    const methods = trigger["methods"];
    const names = Array.isArray(methods) ? methods.map(String) : ["GET", "POST"];
    const level = authLevel(trigger["authLevel"]);
    router.add(textOption(trigger, "route") ?? target.name, names, { target, authLevel: level });
    if (level !== "anonymous" && Object.keys(configuration.keys).length === 0) {
      const message = "Nobody can call it: it wants a key, but no Host.Keys are configured.";
      services.logger.write("warning", `Function.${target.name}`, message);
    }
    return { stop: () => Promise.resolve() };
  };

  return { listen };
}

/** Request and answer each in one piece, as in Azure unless the app enables HTTP streams. */
async function runBuffered(services: HostServices, exchange: Exchange): Promise<void> {
  const { request, response, match } = exchange;
  const { target } = match.target;
  const body = await readBody(request);
  if (body.kind === "chunked") {
    const message =
      "The body came in chunks (without content-length), so the function gets an empty one; " +
      "app.setup({ enableHttpStream: true }) would pass it on.";
    services.logger.write("warning", `Function.${target.name}`, message);
  }
  const http = {
    method: request.method ?? "GET",
    url: originOf(request) + (request.url ?? "/"),
    headers: flatHeaders(request),
    params: match.params,
    query: joinedQuery(request.url ?? ""),
    body: body.kind === "read" && body.bytes.length > 0 ? { bytes: body.bytes } : null,
  };
  const resultCode = (answer: CoreResponse | undefined): number =>
    answer === undefined ? 500 : statusOf(answer.returnValue?.http);
  const answer = await invoke(services, exchange, { data: { http }, resultCode });
  if (answer === "failed") writeStatus(response, 500);
  else writeHttpData(response, answer?.http ?? {});
}

/** The library reads the request and writes the response itself. */
async function runStreamed(services: HostServices, exchange: Exchange): Promise<void> {
  const { request, response, match } = exchange;
  const invocationId = randomUUID();
  const params = Object.entries(match.params).map(([name, value]) => [name, { string: value }]);
  const triggerMetadata: Record<string, TypedData> = {
    ...(Object.fromEntries(params) as Record<string, TypedData>),
    Headers: { json: JSON.stringify(flatHeaders(request)) },
  };
  services.streams?.forward(invocationId, request, response);
  const resultCode = (answer: CoreResponse | undefined): number =>
    answer === undefined && !response.headersSent ? 500 : response.statusCode;
  const invocation = { data: {}, invocationId, triggerMetadata, resultCode };
  const answer = await invoke(services, exchange, invocation);
  if (!response.headersSent) writeStatus(response, answer === "failed" ? 500 : 200);
  else if (!response.writableEnded) response.destroy();
}

type HttpInvocation = {
  readonly data: TypedData;
  readonly invocationId?: string;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  /** Of the answer; `undefined` stands for a handler that threw. */
  readonly resultCode: (answer: CoreResponse | undefined) => number;
};

/** What the function returned by `$return`; the invoker has logged a failure. */
async function invoke(
  services: HostServices,
  { request, match }: Exchange,
  { resultCode, ...invocation }: HttpInvocation,
): Promise<TypedData | null | undefined | "failed"> {
  const { traceparent, tracestate } = request.headers;
  try {
    const response = await services.invoker.invoke(match.target.target, {
      ...invocation,
      http: {
        method: request.method ?? "GET",
        origin: originOf(request),
        path: (request.url ?? "/").split("?", 1)[0] ?? "",
        resultCode,
      },
      traceparent: typeof traceparent === "string" ? traceparent : undefined,
      tracestate: typeof tracestate === "string" ? tracestate : undefined,
    });
    return response.returnValue;
  } catch {
    return "failed";
  }
}

function originOf(request: IncomingMessage): string {
  return `http://${request.headers.host ?? "localhost"}`;
}

/** Repeated parameters arrive joined by commas (issue: azure-functions-nodejs-library #168). */
function joinedQuery(url: string): Record<string, string> {
  const start = url.indexOf("?");
  if (start === -1) return {};
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const earlier = query.get(name);
    query.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return Object.fromEntries(query);
}

/** Repeated headers arrive joined (OBSERVED on host 4.1037), also those of which Node keeps the first. */
function flatHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values = []]) => [
      name,
      values.join(name === "cookie" ? "; " : ","),
    ]),
  );
}

function authLevel(value: unknown): AuthLevel {
  const level = typeof value === "string" ? value.toLowerCase() : "anonymous";
  switch (level) {
    case "anonymous":
    case "function":
    case "admin":
      return level;
    default:
      throw new Error(`Unknown authLevel "${level}".`);
  }
}
