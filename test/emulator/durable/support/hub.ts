import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { startApp, type AppProcess, type StartOptions } from "../../host/support/app-process.ts";

/** What the management API tells of an instance. */
export type Status = {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly historyEvents?: readonly Readonly<Record<string, unknown>>[];
};

/** A fixture app with its task hub, reached by the public management API. */
export type Hub = {
  readonly app: AppProcess;
  /** A request below the webhook's base, with the master key unless told otherwise. */
  request(method: string, path: string, body?: unknown): Promise<Response>;
  /** Starts an instance; gives its id. */
  start(
    name: string,
    options?: { readonly id?: string; readonly input?: unknown },
  ): Promise<string>;
  status(id: string): Promise<Status>;
  /** Events of the current execution, with their inputs and results. */
  history(id: string): Promise<NonNullable<Status["historyEvents"]>>;
  /** Asks until the condition holds. */
  until(id: string, condition: (status: Status) => boolean): Promise<Status>;
  /** The status in which the instance ended. */
  end(id: string): Promise<Status>;
  raise(id: string, event: string, data?: unknown): Promise<void>;
  /** Calls a method of the durable client inside one of the app's functions. */
  client(
    method: string,
    ...args: unknown[]
  ): Promise<{ readonly result?: unknown; readonly error?: string }>;
  advance(ms: number): void;
};

const final = new Set(["Completed", "Failed", "Terminated"]);

export async function startHub(options: Omit<StartOptions, "fixture"> = {}): Promise<Hub> {
  const directory = options.directory ?? durableFixture("durable-app");
  const app = await startApp({ ...options, directory });
  const base = `${app.url}/runtime/webhooks/durabletask`;

  const request = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${base}/${path}`, {
      method,
      headers: { "x-functions-key": "master", "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const expectStatus = async (response: Response, status: number): Promise<Response> => {
    assert.equal(response.status, status, await response.clone().text());
    return response;
  };
  const status = async (id: string): Promise<Status> => {
    const response = await request("GET", `instances/${id}`);
    assert.ok(response.ok, `${id}: ${response.status}`);
    return (await response.json()) as Status;
  };
  const until = async (id: string, condition: (status: Status) => boolean): Promise<Status> => {
    for (;;) {
      const found = await status(id);
      if (condition(found)) return found;
      await delay(3);
    }
  };
  return {
    app,
    request,
    status,
    until,
    history: async (id) => {
      const query = "showHistory=true&showHistoryOutput=true";
      const response = await request("GET", `instances/${id}?${query}`);
      return ((await response.json()) as Status).historyEvents ?? [];
    },
    start: async (name, { id, input } = {}) => {
      const path = id === undefined ? name : `${name}/${id}`;
      const response = await expectStatus(
        await request("POST", `orchestrators/${path}`, input),
        202,
      );
      return ((await response.json()) as { readonly id: string }).id;
    },
    end: (id) => until(id, ({ runtimeStatus }) => final.has(runtimeStatus)),
    raise: async (id, event, data) => {
      await expectStatus(
        await request("POST", `instances/${id}/raiseEvent/${event}`, data ?? null),
        202,
      );
    },
    client: async (method, ...args) => {
      const response = await fetch(`${app.url}/api/client`, {
        method: "POST",
        body: JSON.stringify({ method, args }),
      });
      return (await response.json()) as { readonly result?: unknown; readonly error?: string };
    },
    advance: (ms) => {
      app.order({ kind: "advance", ms });
    },
  };
}

export function durableFixture(name: string): string {
  return new URL(`../fixtures/${name}`, import.meta.url).pathname;
}
