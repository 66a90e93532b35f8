/** As `runtimeStatus` of the management API; `ContinuedAsNew` stands between two executions. */
export type RuntimeStatus =
  "Pending" | "Running" | "Suspended" | "ContinuedAsNew" | "Completed" | "Failed" | "Terminated";

/** What can be asked about an instance; values are JSON texts. */
export type InstanceRecord = {
  /** Of this row of the task hub: a later instance of the same id has another. */
  readonly number: number;
  readonly id: string;
  readonly name: string;
  /** Another one after each continue-as-new: answers to an earlier execution are dropped. */
  readonly executionId: string;
  readonly status: RuntimeStatus;
  readonly input: string | null;
  readonly output: string | null;
  readonly customStatus: string | null;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly parent: Parent | undefined;
  /** W3C trace context of the start, continued by everything the instance calls. */
  readonly traceparent: string | undefined;
  readonly nextTaskId: number;
};

/** The task of another instance that waits for this one. */
export type Parent = {
  readonly number: number;
  readonly id: string;
  readonly executionId: string;
  readonly taskId: number;
};

/** An instance with what its next turn needs. */
export type Instance = InstanceRecord & {
  /** Events of this execution, each as JSON. */
  readonly history: readonly string[];
  /** The actions the orchestrator has asked for so far, in order. */
  readonly scheduled: readonly ScheduledAction[];
  readonly openTasks: ReadonlyMap<number, OpenTask>;
};

export type ScheduledAction = {
  readonly taskId: number;
  readonly kind: "activity" | "sub-orchestration" | "timer";
  /** Empty for timers. */
  readonly name: string;
};

export type RetryPolicy = {
  readonly firstIntervalMs: number;
  readonly maxAttempts: number;
  readonly backoffCoefficient: number;
  readonly maxIntervalMs: number;
};

type ActivityCall = {
  readonly kind: "activity";
  readonly name: string;
  readonly input: string | null;
};

type SubOrchestrationCall = {
  readonly kind: "sub-orchestration";
  readonly name: string;
  readonly input: string | null;
  /** As the orchestrator gave it; absent: derived from the execution and the task. */
  readonly instanceId?: string;
};

export type Call = ActivityCall | SubOrchestrationCall;

/** Repetition of a call; the attempts count from 1. */
type Retry = { readonly policy: RetryPolicy; readonly attempt: number };

/** Something an orchestrator waits for, by its task id. */
export type OpenTask =
  | { readonly kind: "call"; readonly call: Call; readonly retry?: Retry }
  | { readonly kind: "timer"; readonly fireAtMs: number }
  | {
      readonly kind: "retry-timer";
      readonly fireAtMs: number;
      /** The next attempt; absent after the last, whose failure shows only after this timer. */
      readonly next?: { readonly call: Call; readonly retry: Retry };
    };

/** What an instance is told, in order of arrival. */
export type Message =
  | (TaskAnswer & { readonly kind: "task-completed"; readonly result: string | null })
  | (TaskAnswer & {
      readonly kind: "task-failed";
      readonly reason: string;
      readonly details: string;
    })
  | (TaskAnswer & { readonly kind: "timer-fired" })
  | { readonly kind: "event"; readonly name: string; readonly input: string | null }
  | { readonly kind: "terminate" | "suspend" | "resume"; readonly reason: string };

type TaskAnswer = { readonly executionId: string; readonly taskId: number };

export function isFinished(status: RuntimeStatus): boolean {
  return status === "Completed" || status === "Failed" || status === "Terminated";
}

/** Whether the execution waits for its first turn. */
export function isFresh({ history }: Pick<Instance, "history">): boolean {
  return history.length === 0;
}
