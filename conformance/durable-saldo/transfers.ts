import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "../durable/engines.ts";
import type { Status } from "../durable/management.ts";
import type { InstanceStatus, TransferView } from "./project.ts";

export type Version = "v1" | "v2";

/** What the app shows of a transfer, and how its activities behave. */
export type ShownTransfer = TransferView & {
  /** How long looking at the transfer takes. */
  readonly lookMs?: number;
  /** How many of the first looks fail. */
  readonly failingLooks?: number;
  /** How long issuing a command takes. */
  readonly issueMs?: number;
};

/** A call of the client that starts, signals and watches instances. */
export type InstanceCall =
  | { readonly method: "status" | "start" | "signal"; readonly id: string }
  | { readonly method: "forget"; readonly beforeMs: number; readonly needed: readonly string[] };

const eventTypes = {
  scheduled: "saldo.transfer.scheduled.v1",
  waiting: "saldo.transfer.approval_requested.v1",
  approved: "saldo.transfer.approved.v1",
  started: "saldo.transfer.sent.v1",
  cancelled: "saldo.transfer.cancelled.v1",
  expired: "saldo.transfer.expired.v1",
  settled: "saldo.transfer.settled.v1",
};

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

export type Outcome = {
  readonly runtimeStatus: string;
  /** Of the transfer, as the process knew it at last; `null` if the instance has not completed. */
  readonly stage: string | null;
  /** Looks, and commands with their ids; "early" after one that comes before its instant. */
  readonly acts: readonly string[];
};

/** A transfer of its own, and the instance that leads it. */
export type TestTransfer = {
  readonly id: string;
  /** What looking at the transfer shows from now on. */
  set(
    version: number,
    stage: TransferView["stage"],
    details?: Partial<ShownTransfer>,
  ): Promise<void>;
  /** Delivers an integration event of the transfer. */
  deliver(event: keyof typeof eventTypes, version: number, details?: object): Promise<void>;
  status(): Promise<InstanceStatus>;
  /** `false` if an instance is running. */
  start(): Promise<boolean>;
  /** Tells the instance to look, as the watchdog does. */
  signal(): Promise<unknown>;
  /** Resolves when the process has done as many things that start with `name`. */
  untilActs(name: string, count?: number, seconds?: number): Promise<void>;
  /** Gives the instance time to end its turn and to wait for its next event. */
  settleDown(): Promise<void>;
  untilStatus(...wanted: readonly string[]): Promise<Status>;
  firedTimers(): Promise<number>;
  outcome(): Promise<Outcome>;
};

/** An engine and a version of the process. */
export type Stage = {
  readonly version: Version;
  readonly engine: Engine;
  transfer(): TestTransfer;
  /** Purges instances as the watchdog does; gives how many. */
  forget(beforeMs: number, needed?: readonly string[]): Promise<number>;
};

export const inSeconds = (seconds: number): string =>
  new Date(Date.now() + seconds * 1_000).toISOString();

const pollMs = 100;

async function eventually(
  what: string,
  seconds: number,
  isMet: () => Promise<boolean>,
): Promise<void> {
  const endMs = Date.now() + seconds * 1_000;
  while (!(await isMet())) {
    if (Date.now() > endMs) throw new Error(`Waited ${seconds} s in vain for ${what}.`);
    await delay(pollMs);
  }
}

export function openStage(engine: Engine, version: Version): Stage {
  const call = async (given: InstanceCall): Promise<unknown> => {
    const { answer } = (await engine.invoke(`instances-${version}`, given)) as {
      readonly answer: unknown;
    };
    return answer;
  };
  return {
    version,
    engine,
    transfer: () => createTransfer(engine, version, call),
    forget: async (beforeMs, needed = []) =>
      (await call({ method: "forget", beforeMs, needed })) as number,
  };
}

function createTransfer(
  { management, invoke }: Engine,
  version: Version,
  call: (given: InstanceCall) => Promise<unknown>,
): TestTransfer {
  const id = management.newId();
  const data = { transferId: id, from: "acc-a", to: "acc-b", currency: "EUR", isManaged: true };
  const acts = async (): Promise<readonly string[]> =>
    ((await invoke("acts", { id })) as { readonly acts: readonly string[] }).acts;
  const firedTimers = async (): Promise<number> => {
    const { body } = await management.request("GET", `instances/${id}?showHistory=true`);
    const { historyEvents = [] } = body as {
      readonly historyEvents?: readonly { readonly EventType: string }[];
    };
    return historyEvents.filter(({ EventType }) => EventType === "TimerFired").length;
  };
  const untilStatus: TestTransfer["untilStatus"] = async (...wanted) => {
    const isMet = ({ runtimeStatus }: Status): boolean => wanted.includes(runtimeStatus);
    const status = await management.until(id, isMet);
    if (status === undefined) throw new Error(`An instance has not become ${wanted.join(" or ")}.`);
    return status;
  };
  return {
    id,
    untilStatus,
    set: async (at, stage, details = {}) => {
      const now = new Date().toISOString();
      const cause = { correlationId: "c", causationId: "k", traceparent };
      const transfer = { ...data, amountE4: 12_345_600 };
      const view = { id, transfer, cause, requestedAt: now, updatedAt: now, history: [] };
      await invoke("set", { ...view, version: at, stage, ...details });
    },
    deliver: async (event, at, details = {}) => {
      await invoke(`lead-${version}`, {
        type: eventTypes[event],
        sequence: String(at),
        correlationid: "c",
        causationid: `k${at}`,
        traceparent,
        data: { ...data, amount: "1234.56", ...details },
      });
    },
    status: async () => (await call({ method: "status", id })) as InstanceStatus,
    start: async () => (await call({ method: "start", id })) as boolean,
    signal: () => call({ method: "signal", id }),
    untilActs: (name, count = 1, seconds = 60) =>
      eventually(`${count} × ${name}`, seconds, async () => {
        const done = (await acts()).filter((act) => act.startsWith(name));
        return done.length >= count;
      }),
    settleDown: () => delay(1_500),
    firedTimers,
    outcome: async () => {
      const { runtimeStatus, output } = await untilStatus("Completed", "Failed", "Terminated");
      const state = output as { readonly news?: { readonly stage?: string } } | string | null;
      const stage = typeof state === "object" ? (state?.news?.stage ?? null) : null;
      return { runtimeStatus, stage, acts: await acts() };
    },
  };
}
