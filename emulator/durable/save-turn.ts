import { randomUUID } from "node:crypto";
import type { Batch } from "./engine/batch.ts";
import type { Continuation } from "./engine/external-events.ts";
import {
  isFinished,
  isFresh,
  type Call,
  type Instance,
  type InstanceRecord,
  type Message,
  type NumberedTask,
  type RuntimeStatus,
} from "./engine/instance.ts";
import { dueMs } from "./engine/timer-limits.ts";
import { childId, type Ending, type Turn } from "./engine/turn.ts";
import type { Store } from "./storage/store.ts";

/** A turn as it was saved. */
export type SavedTurn = {
  /** The instance from now on; undefined when it is over or starts anew. */
  readonly next: Instance | undefined;
  /** Instances that were told something. */
  readonly notified: readonly number[];
};

/**
 * Writes all that a turn changes, and what it tells others: history, timers, activities, children,
 * the parent. Must run inside one transaction of the store.
 * @param nowMs when the turn has ended
 */
export function saveTurn(
  store: Store,
  before: Instance,
  { batch, turn, nowMs }: { readonly batch: Batch; readonly turn: Turn; readonly nowMs: number },
): SavedTurn {
  const { number } = before;
  // Purged during the turn: nothing of it may come back.
  if (store.instances.findByNumber(number) === undefined) return { next: undefined, notified: [] };
  const instance = { ...before, customStatus: customStatusAfter(before, turn) };
  store.inbox.remove(batch.consumed);
  if (turn.continueAsNew !== undefined) {
    restart(store, instance, turn.continueAsNew, batch.nowMs);
    return { next: undefined, notified: [number] };
  }
  const texts = turn.events.map((event) => JSON.stringify(event));
  store.executions.appendHistory(number, instance.history.length, texts);
  // Also those of an instance that fails by them, as in Azure.
  const notified = turn.begun.flatMap((task) =>
    begin(store, instance, task, { turnMs: batch.nowMs, savedMs: nowMs }),
  );
  if (turn.ending !== undefined) {
    return {
      next: undefined,
      notified: [...notified, ...end(store, instance, batch, turn.ending)],
    };
  }
  const history = [...instance.history, ...turn.events];
  const historyText = [...(isFresh(instance) ? [] : [instance.historyText]), ...texts].join(",");
  const status = statusOf(batch, history.length);
  const next: Instance = { ...instance, status, updatedMs: batch.nowMs, history, historyText };
  store.instances.update(number, next, batch.nowMs);
  return { next, notified };
}

/** The orchestrator sets it anew in each turn; only the first of an execution keeps an earlier one. */
function customStatusAfter(instance: Instance, { customStatus }: Turn): string | null {
  const isKept = customStatus === undefined || (customStatus === null && isFresh(instance));
  return isKept ? instance.customStatus : customStatus;
}

function statusOf({ isSuspended }: Batch, eventCount: number): RuntimeStatus {
  if (isSuspended) return "Suspended";
  return eventCount === 0 ? "Pending" : "Running";
}

/** The next execution of the same instance: nothing of this one but its events carried over. */
function restart(
  store: Store,
  instance: Instance,
  { input, carriedOver }: Continuation,
  nowMs: number,
): void {
  const { number } = instance;
  store.executions.clear(number);
  store.inbox.putFirst(number, carriedOver);
  const changes = {
    ...instance,
    executionId: newExecutionId(),
    status: "ContinuedAsNew",
    input,
  } as const;
  store.instances.update(number, changes, nowMs);
}

/** Gives the parent, if it is told. */
function end(
  store: Store,
  instance: Instance,
  { nowMs }: Batch,
  ending: Ending,
): readonly number[] {
  const { number, parent } = instance;
  const { status, output } = ending;
  store.executions.clearTimers(number);
  store.inbox.clear(number);
  store.instances.update(number, { ...instance, status, output }, nowMs);
  if (parent === undefined) return [];
  store.send(parent.number, answerTo(parent, ending));
  return [parent.number];
}

function answerTo(
  { executionId, taskId }: NonNullable<InstanceRecord["parent"]>,
  { status, output, details }: Ending,
): Message {
  if (status === "Completed") {
    return { kind: "task-completed", executionId, taskId, result: output };
  }
  const reason = String(JSON.parse(output ?? '""'));
  return { kind: "task-failed", executionId, taskId, reason, details };
}

/** Sets a timer, orders an activity or starts a child; gives the instances that have something to do. */
function begin(
  store: Store,
  instance: Instance,
  { taskId, task }: NumberedTask,
  { turnMs, savedMs }: { readonly turnMs: number; readonly savedMs: number },
): readonly number[] {
  if (task.kind !== "timer") return beginCall(store, instance, { taskId, call: task }, savedMs);
  store.executions.setTimer(instance.number, taskId, dueMs(task.fireAtMs, turnMs, savedMs));
  return [];
}

function beginCall(
  store: Store,
  instance: Instance,
  { taskId, call }: { readonly taskId: number; readonly call: Call },
  nowMs: number,
): readonly number[] {
  const { number, id, executionId, traceparent } = instance;
  if (call.kind === "activity") {
    const { name, input } = call;
    const caller = {
      instance: number,
      instanceId: id,
      executionId,
      traceparent: traceparent ?? null,
    };
    store.activities.add({ ...caller, taskId, name, input });
    return [];
  }
  const parent = { number, id, executionId, taskId };
  const { name, input, instanceId } = call;
  const child = { id: childId(executionId, taskId, instanceId), name, input, parent, traceparent };
  const started = startInstance(store, child, nowMs);
  if (started !== undefined) return [started];
  const reason = `An instance with the ID '${child.id}' is running already.`;
  store.send(number, { kind: "task-failed", executionId, taskId, reason, details: "" });
  return [number];
}

/**
 * Puts a new instance into the hub, in place of a finished one of the same id. Must run inside a
 * transaction; gives its number, or undefined when one of that id is running.
 */
export function startInstance(
  store: Store,
  instance: Pick<InstanceRecord, "id" | "name" | "input" | "parent" | "traceparent">,
  nowMs: number,
): number | undefined {
  const { instances } = store;
  const existing = instances.find(instance.id);
  if (existing !== undefined && !isFinished(existing.status)) return undefined;
  if (existing !== undefined) store.deleteInstance(existing.number);
  return instances.insert({ ...instance, executionId: newExecutionId() }, nowMs);
}

function newExecutionId(): string {
  return randomUUID().replaceAll("-", "");
}
