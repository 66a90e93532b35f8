import { eventsAt, eventType, type EventFactory, type HistoryEvent } from "./history.ts";
import { isFresh, type Instance, type Message, type OpenTask } from "./instance.ts";

/** A message with its number in the inbox. */
export type Delivery = { readonly number: number; readonly message: Message };

/** What one turn takes from an instance's inbox. */
export type Batch = {
  readonly nowMs: number;
  readonly event: EventFactory;
  /** Numbers of the messages that are done with, whether they became events or not. */
  readonly consumed: readonly number[];
  /** What the orchestrator sees, in order, each with the number of its message. */
  readonly taken: readonly Taken[];
  /** Suspensions and resumptions, for the record. */
  readonly controls: readonly HistoryEvent[];
  readonly isSuspended: boolean;
  /** Reason of a termination. */
  readonly terminated: string | undefined;
  /** Whether the next turn can begin with what was left. */
  readonly hasMore: boolean;
};

export type Taken = {
  readonly number: number;
  readonly event: HistoryEvent;
  /** The task that ended; absent for external events. */
  readonly ended?: EndedTask;
};

export type EndedTask = {
  readonly taskId: number;
  readonly task: OpenTask;
  readonly hasFailed: boolean;
};

type Control = Extract<Message, { readonly kind: "terminate" | "suspend" | "resume" }>;

/** Takes the controls and, unless suspended, as many messages as one replay may process. */
export function takeBatch(instance: Instance, inbox: readonly Delivery[], nowMs: number): Batch {
  const event = eventsAt(nowMs);
  const controls = inbox.filter(({ message }) => isControl(message));
  const orders = controls.map(({ message }) => message).filter(isControl);
  const isSuspended = orders.reduce(
    (before, { kind }) => (kind === "terminate" ? before : kind === "suspend"),
    instance.status === "Suspended",
  );
  const others = inbox.filter(({ message }) => !isControl(message));
  const selection = isSuspended ? nothing : select(instance, others, event);
  return {
    nowMs,
    event,
    consumed: [...controls.map(({ number }) => number), ...selection.consumed],
    taken: selection.taken,
    controls: isFresh(instance) ? [] : orders.flatMap((order) => toControlEvent(event, order)),
    isSuspended,
    terminated: orders.find(({ kind }) => kind === "terminate")?.reason,
    hasMore: selection.hasMore,
  };
}

function isControl(message: Message): message is Control {
  const { kind } = message;
  return kind === "terminate" || kind === "suspend" || kind === "resume";
}

function toControlEvent(event: EventFactory, { kind, reason }: Control): HistoryEvent[] {
  if (kind === "terminate") return [];
  const type = kind === "suspend" ? eventType.executionSuspended : eventType.executionResumed;
  return [event(type, { Reason: reason })];
}

type Selection = Pick<Batch, "consumed" | "taken" | "hasMore">;

const nothing: Selection = { consumed: [], taken: [], hasMore: false };

/**
 * A message that makes the library give out a task id by itself - the failure of a call with
 * retries, the timer between two attempts - comes alone: within a larger batch the host could not
 * tell that id from those of new tasks. Found by experiment: behind a plain completion in the same
 * batch, the library takes one task's result for another's, without an error.
 */
function select(instance: Instance, inbox: readonly Delivery[], event: EventFactory): Selection {
  const consumed: number[] = [];
  const taken: Taken[] = [];
  const open = new Map(instance.openTasks);
  for (const { number, message } of inbox) {
    const next = toTaken(instance, open, { number, message }, event);
    const isAlone = next?.ended !== undefined && takesTaskId(next.ended);
    if (isAlone && taken.length > 0) return { consumed, taken, hasMore: true };
    consumed.push(number);
    if (next === undefined) continue;
    taken.push(next);
    if (next.ended !== undefined) open.delete(next.ended.taskId);
    if (isAlone) return { consumed, taken, hasMore: true };
  }
  return { consumed, taken, hasMore: false };
}

function takesTaskId({ task, hasFailed }: EndedTask): boolean {
  return task.kind === "retry-timer" || (task.kind === "call" && hasFailed && !!task.retry);
}

/** The event a message becomes; undefined when nothing waits for that answer (any more). */
function toTaken(
  { executionId }: Instance,
  open: ReadonlyMap<number, OpenTask>,
  { number, message }: Delivery,
  event: EventFactory,
): Taken | undefined {
  if (isControl(message)) return undefined;
  if (message.kind === "event") {
    const { name, input } = message;
    return { number, event: event(eventType.eventRaised, { Name: name, Input: input }) };
  }
  const { taskId } = message;
  const task = open.get(taskId);
  if (message.executionId !== executionId || task === undefined) return undefined;
  const ended = { taskId, task, hasFailed: message.kind === "task-failed" };
  const isActivity = task.kind === "call" && task.call.kind === "activity";
  switch (message.kind) {
    case "task-completed": {
      const { taskCompleted, subOrchestrationCompleted } = eventType;
      const type = isActivity ? taskCompleted : subOrchestrationCompleted;
      const fields = { TaskScheduledId: taskId, Result: message.result };
      return { number, event: event(type, fields), ended };
    }
    case "task-failed": {
      const type = isActivity ? eventType.taskFailed : eventType.subOrchestrationFailed;
      const { reason, details } = message;
      const fields = { TaskScheduledId: taskId, Reason: reason, Details: details };
      return { number, event: event(type, fields), ended };
    }
    case "timer-fired": {
      const fireAtMs = task.kind === "call" ? 0 : task.fireAtMs;
      const fields = { TimerId: taskId, FireAt: new Date(fireAtMs).toISOString() };
      return { number, event: event(eventType.timerFired, fields), ended };
    }
  }
}
