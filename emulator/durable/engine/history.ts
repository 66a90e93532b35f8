/** Numbers of history events (source: Azure/durabletask, History/EventType.cs). */
export const eventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventRaised: 15,
  executionSuspended: 19,
  executionResumed: 20,
} as const;

export type EventType = (typeof eventType)[keyof typeof eventType];

/** An event as the library reads it; `Input` and `Result` are JSON texts. */
export type HistoryEvent = {
  readonly EventType: EventType;
  /** The task's id for events that create one, else -1. */
  readonly EventId: number;
  readonly IsPlayed: boolean;
  /** ISO 8601. */
  readonly Timestamp: string;
  readonly Name?: string;
  readonly Input?: string | null;
  readonly InstanceId?: string;
  readonly TaskScheduledId?: number;
  readonly Result?: string | null;
  readonly Reason?: string | null;
  readonly Details?: string | null;
  readonly FireAt?: string;
  readonly TimerId?: number;
  readonly OrchestrationStatus?: string;
};

type EventFields = Omit<HistoryEvent, "EventType" | "EventId" | "IsPlayed" | "Timestamp">;

/** Makes the events of one turn, which share its time. */
export type EventFactory = (
  type: EventType,
  fields?: EventFields & { readonly taskId?: number },
) => HistoryEvent;

export function eventsAt(nowMs: number): EventFactory {
  const Timestamp = new Date(nowMs).toISOString();
  return (type, { taskId = -1, ...fields } = {}) => ({
    EventType: type,
    EventId: taskId,
    IsPlayed: false,
    Timestamp,
    ...fields,
  });
}

/** The events by which an execution began its tasks, by their numbers. */
export function tasksIn(history: readonly HistoryEvent[]): ReadonlyMap<number, HistoryEvent> {
  return new Map(
    history.filter(({ EventId }) => EventId >= 0).map((event) => [event.EventId, event]),
  );
}

const names: Readonly<Record<EventType, string>> = {
  0: "ExecutionStarted",
  1: "ExecutionCompleted",
  3: "ExecutionTerminated",
  4: "TaskScheduled",
  5: "TaskCompleted",
  6: "TaskFailed",
  7: "SubOrchestrationInstanceCreated",
  8: "SubOrchestrationInstanceCompleted",
  9: "SubOrchestrationInstanceFailed",
  10: "TimerCreated",
  11: "TimerFired",
  12: "OrchestratorStarted",
  13: "OrchestratorCompleted",
  15: "EventRaised",
  19: "ExecutionSuspended",
  20: "ExecutionResumed",
};

/**
 * The history as the management API shows it: starts and ends of tasks merged, turns left out
 * (documentation: "HTTP APIs in Durable Functions", get instance status).
 * @param showOutput whether results and inputs of the events are included
 */
export function describeHistory(
  history: readonly HistoryEvent[],
  showOutput: boolean,
): readonly Readonly<Record<string, unknown>>[] {
  const tasks = tasksIn(history);
  return history.flatMap((event) => {
    const { EventType, Timestamp, Name, Reason, Details, FireAt, OrchestrationStatus } = event;
    switch (EventType) {
      case eventType.orchestratorStarted:
      case eventType.orchestratorCompleted:
      case eventType.taskScheduled:
      case eventType.subOrchestrationCreated:
      case eventType.timerCreated:
        return [];
      default: {
        const task = tasks.get(event.TaskScheduledId ?? -1);
        const functionName = task?.Name ?? (EventType === 0 ? Name : undefined);
        const hasResult = showOutput && event.Result !== undefined;
        const hasInput = showOutput && EventType === 15;
        return [
          {
            EventType: names[EventType],
            Timestamp,
            ...(functionName !== undefined && { FunctionName: functionName }),
            ...(task !== undefined && { ScheduledTime: task.Timestamp }),
            ...(EventType === 15 && { Name }),
            ...(hasInput && { Input: parse(event.Input) }),
            ...(hasResult && { Result: parse(event.Result) }),
            ...(Reason !== undefined && { Reason }),
            ...(Details !== undefined && { Details }),
            ...(FireAt !== undefined && { FireAt }),
            ...(OrchestrationStatus !== undefined && { OrchestrationStatus }),
          },
        ];
      }
    }
  });
}

function parse(text: string | null | undefined): unknown {
  return text === null || text === undefined ? null : JSON.parse(text);
}
