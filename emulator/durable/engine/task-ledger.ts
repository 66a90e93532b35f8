import { createDeferred, type Deferred, type Settlement } from "./deferred.ts";
import { NonDeterminism } from "./failures.ts";
import { eventType, type EventType, type HistoryEvent } from "./history.ts";
import type { DurableTask, NumberedTask } from "./instance.ts";

/** The tasks of one replay (source: Azure/durabletask, TaskOrchestrationContext.cs). */
export type TaskLedger = {
  /** Time of the turn that is replayed. */
  readonly nowMs: number;
  setTime(nowMs: number): void;
  /** Gives the task the next number, from 0. */
  begin(task: DurableTask): BegunTask;
  /**
   * Processes an event that says what was begun or how it ended.
   * @throws NonDeterminism when this replay has not begun what the event says
   */
  process(event: HistoryEvent): void;
  hasOpenTasks(): boolean;
  /** Those that no event has said were begun. */
  begun(): readonly NumberedTask[];
};

type BegunTask = {
  readonly ended: Deferred;
  /** Waits for it no longer, which fails it; it ends all the same. */
  cancel(): void;
};

const beginnings = new Map<EventType, DurableTask["kind"]>([
  [eventType.taskScheduled, "activity"],
  [eventType.subOrchestrationCreated, "sub-orchestration"],
  [eventType.timerCreated, "timer"],
]);

const endings = new Map<EventType, Settlement>([
  [eventType.taskCompleted, "completed"],
  [eventType.taskFailed, "failed"],
  [eventType.subOrchestrationCompleted, "completed"],
  [eventType.subOrchestrationFailed, "failed"],
  [eventType.timerFired, "completed"],
]);

export function openTaskLedger(): TaskLedger {
  const unrecorded = new Map<number, DurableTask>();
  const open = new Map<number, Deferred>();
  let nextTaskId = 0;
  let nowMs = 0;

  const match = (event: HistoryEvent, kind: DurableTask["kind"]): void => {
    const { EventId: taskId, Name: name = "" } = event;
    const task = unrecorded.get(taskId);
    const isSame = task?.kind === kind && (task.kind === "timer" || hasName(task, name));
    if (!isSame) throw new NonDeterminism(event, kind, task);
    unrecorded.delete(taskId);
  };
  const settle = (taskId: number | undefined, how: Settlement): void => {
    if (taskId === undefined) return;
    const ended = open.get(taskId);
    ended?.settle(how);
    open.delete(taskId);
  };

  return {
    get nowMs() {
      return nowMs;
    },
    setTime: (ms) => {
      nowMs = ms;
    },
    begin: (task) => {
      const taskId = nextTaskId;
      nextTaskId += 1;
      const ended = createDeferred();
      unrecorded.set(taskId, task);
      open.set(taskId, ended);
      return {
        ended,
        cancel: () => {
          open.delete(taskId);
          ended.settle("failed");
        },
      };
    },
    process: (event) => {
      const recorded = beginnings.get(event.EventType);
      if (recorded !== undefined) match(event, recorded);
      const how = endings.get(event.EventType);
      if (how !== undefined) settle(event.TaskScheduledId ?? event.TimerId, how);
    },
    hasOpenTasks: () => open.size > 0,
    begun: () => [...unrecorded].map(([taskId, task]) => ({ taskId, task })),
  };
}

/** Case does not count. */
function hasName(task: { readonly name: string }, name: string): boolean {
  return task.name.toLowerCase() === name.toLowerCase();
}
