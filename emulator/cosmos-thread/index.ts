/**
 * The embedded Cosmos in a thread of its own: its disk waits and its work do not hold up the process that uses it. Reached
 * by TCP like any account, and from this process through `handle`: the same requests and answers without a socket.
 */
import { Worker } from "node:worker_threads";
import type { WireHandler, WireRequest, WireResponse } from "../shared/wire.ts";
import { outbox } from "./outbox.ts";
import type { ControlCall, ControlCalls, FromThread, ThreadOptions, ToThread } from "./messages.ts";

/** The control calls, answered from the other thread. */
export type CosmosControls = {
  [Name in keyof ControlCalls]: (
    ...args: Parameters<ControlCalls[Name]>
  ) => Promise<ReturnType<ControlCalls[Name]>>;
};

export type CosmosThread = {
  /** Address of the account, without a trailing slash. */
  readonly url: string;
  readonly handle: WireHandler;
  /** Calls back after container `dbs/x/colls/y` has changed, until the answered function is called. */
  onChange(container: string, listener: () => void): () => void;
  readonly controls: CosmosControls;
  close(): Promise<void>;
};

export async function startCosmosThread(options: ThreadOptions): Promise<CosmosThread> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: options });
  const calls = pending();
  const requests = pending<WireResponse | undefined>();
  const listeners = new Map<string, Set<() => void>>();
  const tell = (message: ToThread): void => {
    worker.postMessage(message);
  };
  let closed = (): void => undefined;

  const url = await new Promise<string>((resolve, reject) => {
    worker.once("error", reject);
    worker.on("message", (message: FromThread) => {
      switch (message.kind) {
        case "ready":
          resolve(message.url);
          break;
        case "failed":
          reject(Object.assign(new Error(message.message), { code: message.code }));
          break;
        case "answers":
          for (const [id, response] of message.answers) requests.settle(id, response);
          break;
        case "changes":
          for (const container of message.containers)
            for (const listener of listeners.get(container) ?? []) listener();
          break;
        case "controlled":
          calls.settle(
            message.id,
            message.error === undefined ? message.result : new Error(message.error),
          );
          break;
        case "closed":
          closed();
      }
    });
  });

  const post = outbox<readonly [number, WireRequest]>((bundle) => {
    tell({ kind: "requests", requests: bundle });
  });
  const call = async (name: string, ...args: unknown[]): Promise<unknown> => {
    const { id, result } = calls.open();
    tell({ kind: "control", id, call: { name, args } as ControlCall });
    const answer = await result;
    if (answer instanceof Error) throw answer;
    return answer;
  };

  return {
    url,
    handle: async (request) => {
      const { id, result } = requests.open();
      post([id, request]);
      const response = await result;
      if (response === undefined) throw new Error("The reply was lost.");
      return response;
    },
    onChange: (container, listener) => {
      const known = listeners.get(container) ?? new Set();
      listeners.set(container, known.add(listener));
      return () => void known.delete(listener);
    },
    controls: new Proxy({} as CosmosControls, {
      get:
        (_target, name) =>
        (...args: unknown[]) =>
          call(String(name), ...args),
    }),
    close: async () => {
      await new Promise<void>((resolve) => {
        closed = resolve;
        tell({ kind: "close" });
      });
      await worker.terminate();
    },
  };
}

type Pending<Result> = {
  open(): { readonly id: number; readonly result: Promise<Result> };
  settle(id: number, result: Result): void;
};

/** Questions under way, by number. */
function pending<Result = unknown>(): Pending<Result> {
  const waiting = new Map<number, (result: Result) => void>();
  let asked = 0;
  return {
    open: () => {
      const id = (asked += 1);
      const result = new Promise<Result>((resolve) => waiting.set(id, resolve));
      return { id, result };
    },
    settle: (id, result) => {
      waiting.get(id)?.(result);
      waiting.delete(id);
    },
  };
}
