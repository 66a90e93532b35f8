import { eventsAt, eventType, tasksIn, type EventFactory, type HistoryEvent } from "./history.ts";
import { isFresh, type Instance, type Message } from "./instance.ts";

/** A message with its number in the inbox. */
export type Delivery = { readonly number: number; readonly message: Message };

/** What one turn takes from an instance's inbox. */
export type Batch = {
  readonly nowMs: number;
  readonly event: EventFactory;
  /** Numbers of the messages that are done with, whether they became events or not. */
  readonly consumed: readonly number[];
  /** What the orchestrator sees, in order. */
  readonly taken: readonly HistoryEvent[];
  /** Suspensions and resumptions, for the record. */
  readonly controls: readonly HistoryEvent[];
  readonly isSuspended: boolean;
  /** Reason of a termination. */
  readonly terminated: string | undefined;
};

type Control = Extract<Message, { readonly kind: "terminate" | "suspend" | "resume" }>;

/** Takes the controls and, unless suspended, all other messages. */
export function takeBatch(instance: Instance, inbox: readonly Delivery[], nowMs: number): Batch {
  const event = eventsAt(nowMs);
  const controls = inbox.filter(({ message }) => isControl(message));
  const orders = controls.map(({ message }) => message).filter(isControl);
  const isSuspended = orders.reduce(
    (before, { kind }) => (kind === "terminate" ? before : kind === "suspend"),
    instance.status === "Suspended",
  );
  const consumed = isSuspended ? controls : inbox;
  const tasks = tasksIn(instance.history);
  return {
    nowMs,
    event,
    consumed: consumed.map(({ number }) => number),
    taken: consumed.flatMap(({ message }) => toEvent(instance, tasks, message, event)),
    controls: isFresh(instance) ? [] : orders.flatMap((order) => toControlEvent(event, order)),
    isSuspended,
    terminated: orders.find(({ kind }) => kind === "terminate")?.reason,
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

/** The event a message becomes; none for an answer to an earlier execution. */
function toEvent(
  { executionId }: Instance,
  tasks: ReadonlyMap<number, HistoryEvent>,
  message: Message,
  event: EventFactory,
): HistoryEvent[] {
  if (isControl(message)) return [];
  if (message.kind === "event") {
    return [event(eventType.eventRaised, { Name: message.name, Input: message.input })];
  }
  const { taskId } = message;
  const task = tasks.get(taskId);
  if (message.executionId !== executionId || task === undefined) return [];
  const isActivity = task.EventType === eventType.taskScheduled;
  switch (message.kind) {
    case "task-completed": {
      const { taskCompleted, subOrchestrationCompleted } = eventType;
      const type = isActivity ? taskCompleted : subOrchestrationCompleted;
      return [event(type, { TaskScheduledId: taskId, Result: message.result })];
    }
    case "task-failed": {
      const type = isActivity ? eventType.taskFailed : eventType.subOrchestrationFailed;
      const { reason, details } = message;
      return [event(type, { TaskScheduledId: taskId, Reason: reason, Details: details })];
    }
    case "timer-fired":
      return [event(eventType.timerFired, { TimerId: taskId, ...fireAtOf(task) })];
  }
}

function fireAtOf({ FireAt }: HistoryEvent): { readonly FireAt?: string } {
  return FireAt === undefined ? {} : { FireAt };
}
