/**
 * Shortens the way to an emulated service that runs in this very process: requests that go through undici's
 * process-wide dispatcher (built-in `fetch` and the undici package share it) and are meant for that address are handed
 * over without a socket. The request and the answer are the same to the byte; other addresses go to the network. The
 * dispatcher is undici's documented extension point (its MockAgent works the same way).
 */
import type { WireHandler, WireRequest, WireResponse } from "./wire.ts";

type DispatchOptions = {
  readonly origin?: string | URL;
  readonly path: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>> | readonly string[];
  readonly body?: unknown;
};

/** undici 7 has two generations of handlers; a dispatcher meets both. */
type DispatchHandler = {
  onConnect?(abort: () => void, context: object): void;
  onHeaders?(status: number, headers: Buffer[], resume: () => void, text: string): boolean;
  onData?(chunk: Buffer): boolean;
  onComplete?(trailers: Buffer[]): void;
  onError?(error: Error): void;
  onRequestStart?(controller: object, context: object): void;
  onResponseStart?(
    controller: object,
    status: number,
    headers: Readonly<Record<string, string>>,
    text: string,
  ): void;
  onResponseData?(controller: object, chunk: Buffer): void;
  onResponseEnd?(controller: object, trailers: object): void;
  onResponseError?(controller: object, error: Error): void;
};

type Dispatcher = { dispatch(options: DispatchOptions, handler: DispatchHandler): boolean };

const dispatcherSymbols = ["undici.globalDispatcher.1", "undici.globalDispatcher.2"];

/** Serves `origin` (such as "http://127.0.0.1:8081") in this process until the answered function is called. */
export async function serveInProcess(origin: string, handle: WireHandler): Promise<() => void> {
  await fetch("data:,"); // makes Node install its own dispatcher, which stays in charge of the network
  const global = globalThis as unknown as Record<symbol, Dispatcher | undefined>;
  const restore = dispatcherSymbols.map((name) => {
    const symbol = Symbol.for(name);
    const network = global[symbol];
    if (network === undefined) return (): void => undefined;
    global[symbol] = new Proxy(network, {
      get(target, property): unknown {
        if (property !== "dispatch") return Reflect.get(target, property, target);
        return (options: DispatchOptions, handler: DispatchHandler): boolean => {
          const isOurs = String(options.origin) === origin && isText(options.body);
          if (!isOurs) return target.dispatch(options, handler);
          void answer(options, handler, handle);
          return true;
        };
      },
    });
    return (): void => {
      global[symbol] = network;
    };
  });
  return () => {
    for (const undo of restore) undo();
  };
}

function isText(body: unknown): boolean {
  return body === undefined || body === null || typeof body === "string" || Buffer.isBuffer(body);
}

async function answer(
  options: DispatchOptions,
  handler: DispatchHandler,
  handle: WireHandler,
): Promise<void> {
  const controller = {
    aborted: false,
    paused: false,
    abort: nothing,
    pause: nothing,
    resume: nothing,
  };
  try {
    if (handler.onRequestStart) handler.onRequestStart(controller, {});
    else handler.onConnect?.(nothing, {});
    deliver(await handle(toRequest(options)), handler, controller);
  } catch (error) {
    const lost = Object.assign(new Error("other side closed", { cause: error }), {
      code: "UND_ERR_SOCKET",
    });
    if (handler.onResponseError) handler.onResponseError(controller, lost);
    else handler.onError?.(lost);
  }
}

function deliver(response: WireResponse, handler: DispatchHandler, controller: object): void {
  const { status, headers } = response;
  const body = Buffer.from(response.body);
  if (handler.onResponseStart) {
    handler.onResponseStart(controller, status, headers, "");
    if (body.length > 0) handler.onResponseData?.(controller, body);
    handler.onResponseEnd?.(controller, {});
    return;
  }
  const rawHeaders = Object.entries(headers)
    .flat()
    .map((text) => Buffer.from(text));
  handler.onHeaders?.(status, rawHeaders, nothing, "");
  if (body.length > 0) handler.onData?.(body);
  handler.onComplete?.([]);
}

function toRequest({ origin, method, path, headers, body }: DispatchOptions): WireRequest {
  const pairs = Array.isArray(headers)
    ? inPairs(headers as string[])
    : Object.entries(headers ?? {});
  const named = pairs.map(([name, value]) => [name.toLowerCase(), String(value)]);
  named.push(["host", new URL(String(origin)).host]);
  const text = typeof body === "string" ? body : Buffer.isBuffer(body) ? body.toString() : "";
  return { method, path, headers: Object.fromEntries(named) as Record<string, string>, body: text };
}

function inPairs(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2)
    pairs.push([flat[index] ?? "", flat[index + 1] ?? ""]);
  return pairs;
}

function nothing(): void {
  // An exchange within the process is never paused, resumed or aborted.
}
