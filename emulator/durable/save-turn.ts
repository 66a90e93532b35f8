import { randomUUID } from "node:crypto";
import type { Batch } from "./engine/batch.ts";
import {
  isFinished,
  type Call,
  type Instance,
  type InstanceRecord,
  type Message,
  type RuntimeStatus,
} from "./engine/instance.ts";
import { childId } from "./engine/ledger.ts";
import type { Ending, Turn } from "./engine/turn.ts";
import type { Store } from "./storage/store.ts";

/** A turn as it was saved. */
export type SavedTurn = {
  /** The instance from now on; undefined when it is over or starts anew. */
  readonly next: Instance | undefined;
  /** Instances that were told something. */
  readonly notified: readonly number[];
};

/**
 * Writes all that a turn changes, and what it tells others: history, tasks, timers, activities,
 * children, the parent. Must run inside one transaction of the store.
 */
export function saveTurn(store: Store, instance: Instance, batch: Batch, turn: Turn): SavedTurn {
  const { number } = instance;
  const carriedOver = new Set(turn.continueAsNew?.carriedOver);
  store.inbox.remove(batch.consumed.filter((message) => !carriedOver.has(message)));
  if (turn.continueAsNew !== undefined) {
    restart(store, instance, batch, turn);
    return { next: undefined, notified: [number] };
  }
  const events = turn.events.map((event) => JSON.stringify(event));
  store.executions.appendHistory(number, instance.history.length, events);
  if (turn.ending !== undefined) {
    const customStatus = turn.customStatus ?? instance.customStatus;
    return end(store, { ...instance, customStatus }, batch, turn.ending);
  }

  const notified = [...turn.opened].flatMap(([taskId, task]) => {
    store.executions.openTask(number, taskId, task);
    return task.kind === "call"
      ? begin(store, instance, { taskId, call: task.call }, batch.nowMs)
      : [];
  });
  store.executions.addScheduled(number, turn.scheduled);
  const openTasks = new Map([...instance.openTasks, ...turn.opened]);
  for (const taskId of turn.closed) {
    store.executions.closeTask(number, taskId);
    openTasks.delete(taskId);
  }
  const history = [...instance.history, ...events];
  const next: Instance = {
    ...instance,
    status: statusOf(batch, history),
    customStatus: turn.customStatus ?? instance.customStatus,
    nextTaskId: turn.nextTaskId,
    updatedMs: batch.nowMs,
    history,
    scheduled: [...instance.scheduled, ...turn.scheduled],
    openTasks,
  };
  store.instances.update(number, next, batch.nowMs);
  return { next, notified };
}

function statusOf({ isSuspended }: Batch, history: readonly string[]): RuntimeStatus {
  if (isSuspended) return "Suspended";
  return history.length === 0 ? "Pending" : "Running";
}

/** The next execution of the same instance: nothing of this one but its events carried over. */
function restart(store: Store, instance: Instance, batch: Batch, turn: Turn): void {
  store.executions.clear(instance.number);
  const changes = {
    ...instance,
    executionId: newExecutionId(),
    status: "ContinuedAsNew",
    input: turn.continueAsNew?.input ?? null,
    customStatus: turn.customStatus ?? instance.customStatus,
    nextTaskId: 0,
  } as const;
  store.instances.update(instance.number, changes, batch.nowMs);
}

function end(store: Store, instance: Instance, batch: Batch, ending: Ending): SavedTurn {
  const { number, parent } = instance;
  const { status, output } = ending;
  store.executions.clearTasks(number);
  store.inbox.clear(number);
  store.instances.update(number, { ...instance, status, output }, batch.nowMs);
  if (parent === undefined) return { next: undefined, notified: [] };
  store.send(parent.number, answerTo(parent, ending));
  return { next: undefined, notified: [parent.number] };
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

/** Orders an activity or starts a child; gives the instances that have something to do. */
function begin(
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
