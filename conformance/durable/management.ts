import { setTimeout as delay } from "node:timers/promises";

/** What a management API tells of an instance. */
export type Status = {
  readonly runtimeStatus: string;
  readonly output: unknown;
  readonly customStatus: unknown;
};

type Answer = { readonly status: number; readonly body: unknown };

/** Speaks to the management API of one engine. */
export type Management = {
  request(method: string, path: string, body?: unknown): Promise<Answer>;
  newId(): string;
  /** Gives the instance's id. */
  start(name: string, input?: unknown): Promise<string>;
  raise(id: string, event: string, data?: unknown): Promise<Answer>;
  /** Asks until the condition holds; undefined when it does not in time. */
  until(
    id: string,
    isMet: (status: Status) => boolean,
    seconds?: number,
  ): Promise<Status | undefined>;
  /** How it ended. */
  end(id: string): Promise<object>;
  run(name: string, input?: unknown): Promise<object>;
  /** Text that stands for every id of this run. */
  withoutIds(text: string): string;
};

const endings = new Set(["Completed", "Failed", "Terminated"]);

/** @param base address of the API, up to `durabletask` */
export function manage(base: string, key: string): Management {
  const runName = Math.random().toString(36).slice(2, 8).padEnd(6, "x");
  let count = 0;

  const request = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${base}/${path}`, {
      method,
      headers: { "content-type": "application/json", "x-functions-key": key },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: parse(await response.text()) };
  };
  const newId = (): string => {
    count += 1;
    return `${runName}${String(count).padStart(4, "0")}`;
  };
  const start = async (name: string, input?: unknown): Promise<string> => {
    const id = newId();
    await request("POST", `orchestrators/${name}/${id}`, input);
    return id;
  };
  const until: Management["until"] = async (id, isMet, seconds = 60) => {
    const endMs = Date.now() + seconds * 1_000;
    while (Date.now() < endMs) {
      const { status, body } = await request("GET", `instances/${id}`);
      if (status < 300 && isMet(body as Status)) return body as Status;
      await delay(50);
    }
    return undefined;
  };
  const end = async (id: string): Promise<object> => {
    const status = await until(id, ({ runtimeStatus }) => endings.has(runtimeStatus));
    if (status === undefined) return { runtimeStatus: "has not ended" };
    const { runtimeStatus, output, customStatus } = status;
    return { runtimeStatus, output, customStatus };
  };
  return {
    request,
    newId,
    start,
    until,
    end,
    raise: (id, event, data = null) => request("POST", `instances/${id}/raiseEvent/${event}`, data),
    run: async (name, input) => end(await start(name, input)),
    withoutIds: (text) => text.replaceAll(new RegExp(`${runName}\\d{4}`, "g"), "ID"),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
