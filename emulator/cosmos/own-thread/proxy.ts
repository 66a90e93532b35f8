import { Worker } from "node:worker_threads";
import type { WireResponse } from "../../shared/wire.ts";
import type { CosmosEmulator, CosmosOptions } from "../emulator.ts";
import { type ActiveFault, checkFaultRule, type FaultControl } from "../faults.ts";
import { DroppedReply } from "../protocol/account.ts";
import type { Commit } from "../storage/store.ts";
import { createOutbox, type Order, type Report, type ThreadOptions } from "./messages.ts";

type Pending = {
  readonly resolve: (response: WireResponse) => void;
  readonly reject: (reason: Error) => void;
};

/**
 * Opens an account in a thread of its own. If it can not be opened, or its thread dies, every
 * request rejects with the reason.
 */
export function openInThread({ file, key, clock, partitionCount }: CosmosOptions): CosmosEmulator {
  const clockOffsetMs = clock.now() - Date.now();
  const options: ThreadOptions = { file, key, partitionCount, clockOffsetMs };
  const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: options });
  const pending = new Map<number, Pending>();
  const listeners = new Set<(commit: Commit) => void>();
  let requests = 0;
  let failure: Error | undefined;
  let onClosed: () => void = () => undefined;

  const order = createOutbox<Order>((orders) => {
    worker.postMessage(orders);
  });
  const stopClock = clock.onAdvance((ms) => {
    order({ kind: "advance", ms });
  });
  const { faults, hit } = createFaultControl(order);

  /** An emulator that nobody waits for does not keep the process alive. */
  const settled = (id: number): Pending | undefined => {
    const waiting = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) worker.unref();
    return waiting;
  };

  const heed = (report: Report): void => {
    switch (report.kind) {
      case "response":
        settled(report.id)?.resolve(report.response);
        return;
      case "dropped":
        settled(report.id)?.reject(new DroppedReply(report.message));
        return;
      case "failed":
        settled(report.id)?.reject(new Error(report.message));
        return;
      case "commit":
        for (const listener of listeners) listener(report.commit);
        return;
      case "fault-hit":
        hit(report.id);
        return;
      case "closed":
        onClosed();
    }
  };

  worker.unref();
  worker.on("message", (reports: readonly Report[]) => {
    for (const report of reports) heed(report);
  });
  worker.on("error", (error: Error) => {
    failure = error;
  });
  worker.on("exit", () => {
    failure ??= new Error("The emulator is closed.");
    for (const { reject } of pending.values()) reject(failure);
    pending.clear();
    onClosed();
  });

  return {
    handle: (request) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        requests += 1;
        if (pending.size === 0) worker.ref();
        pending.set(requests, { resolve, reject });
        order({ kind: "request", id: requests, request });
      }),
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    faults,
    close: async () => {
      stopClock();
      if (failure !== undefined) return;
      worker.ref();
      await new Promise<void>((resolve) => {
        onClosed = resolve;
        order({ kind: "close" });
      });
      await worker.terminate();
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
