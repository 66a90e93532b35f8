import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { WireHandler, WireResponse } from "../../shared/wire.ts";
import type { CosmosEmulator, CosmosOptions } from "../emulator.ts";
import { type ActiveFault, checkFaultRule, type FaultControl } from "../faults.ts";
import { DroppedReply } from "../protocol/account.ts";
import type { Commit } from "../storage/store.ts";
import { createOutbox, type Order, type Report, type ThreadOptions } from "./messages.ts";

/**
 * Opens an account in a thread of its own. If it can not be opened, or its thread dies, every
 * request rejects with the reason.
 */
export function openInThread({ file, key, clock, partitionCount }: CosmosOptions): CosmosEmulator {
  const clockOffsetMs = clock.aheadMs();
  const options: ThreadOptions = { file, key, partitionCount, clockOffsetMs };
  const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: options });
  const order = createOutbox<Order>((orders) => {
    worker.postMessage(orders);
  });
  const requests = createRequests(worker, order);
  const { faults, hit } = createFaultControl(order);
  const listeners = new Set<(commit: Commit) => void>();
  const stopClock = clock.onAdvance((ms) => {
    order({ kind: "advance", ms });
  });

  worker.on("message", (reports: readonly Report[]) => {
    for (const report of reports) {
      if (report.kind === "fault-hit") hit(report.id);
      else if (report.kind === "commit") for (const tell of listeners) tell(report.commit);
      else requests.settle(report);
    }
  });
  worker.on("error", requests.fail);
  let isOver = false;
  worker.on("exit", () => {
    isOver = true;
    stopClock();
    requests.fail(new Error("The emulator is closed."));
  });

  return {
    handle: requests.handle,
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    faults,
    close: async () => {
      if (isOver) return;
      const exited = once(worker, "exit");
      worker.ref();
      order({ kind: "close" });
      await exited;
    },
  };
}

type Pending = {
  readonly resolve: (response: WireResponse) => void;
  readonly reject: (reason: Error) => void;
};

type Requests = {
  readonly handle: WireHandler;
  settle(report: Exclude<Report, { readonly kind: "commit" | "fault-hit" }>): void;
  /** Rejects everything that waits and whatever comes; only the first reason counts. */
  readonly fail: (reason: Error) => void;
};

/** The requests that wait for the thread; without any, it does not keep the process alive. */
function createRequests(worker: Worker, order: (order: Order) => void): Requests {
  const pending = new Map<number, Pending>();
  let count = 0;
  let failure: Error | undefined;
  worker.unref();
  return {
    handle: (request) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        count += 1;
        if (pending.size === 0) worker.ref();
        pending.set(count, { resolve, reject });
        order({ kind: "request", id: count, request });
      }),
    settle: (report) => {
      const waiting = pending.get(report.id);
      pending.delete(report.id);
      if (pending.size === 0) worker.unref();
      if (report.kind === "response") waiting?.resolve(report.response);
      else if (report.kind === "dropped") waiting?.reject(new DroppedReply(report.message));
      else waiting?.reject(new Error(report.message));
    },
    fail: (reason) => {
      failure ??= reason;
      for (const { reject } of pending.values()) reject(failure);
      pending.clear();
    },
  };
}

/** Keeps what is known of the rules here, so that setting and listing need no answer. */
function createFaultControl(order: (order: Order) => void): {
  readonly faults: FaultControl;
  hit(id: string): void;
} {
  const rules = new Map<string, ActiveFault>();
  let added = 0;
  return {
    hit: (id) => {
      const rule = rules.get(id);
      if (rule !== undefined) rules.set(id, { ...rule, hits: rule.hits + 1 });
    },
    faults: {
      set: (rule) => {
        checkFaultRule(rule);
        const id = rule.id ?? `fault-${(added += 1)}`;
        rules.set(id, { ...rule, id, hits: 0 });
        order({ kind: "set-fault", rule: { ...rule, id } });
        return id;
      },
      list: () => [...rules.values()],
      clear: (id) => {
        if (id === undefined) rules.clear();
        else rules.delete(id);
        order({ kind: "clear-fault", id });
      },
    },
  };
}
