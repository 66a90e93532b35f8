import type { HistoryEvent } from "./history.ts";

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
  /** Of this execution. */
  readonly history: readonly HistoryEvent[];
  /** The same as JSON, joined by commas. */
  readonly historyText: string;
};

/** How a failing call is repeated; all times in ms. */
export type RetryPolicy = {
  readonly firstIntervalMs: number;
  readonly maxAttempts: number;
  readonly backoffCoefficient: number;
  readonly maxIntervalMs: number;
  /** After the first attempt; then no other one begins. Absent: never. */
  readonly timeoutMs?: number;
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

/** Something an orchestrator waits for. */
export type DurableTask = Call | { readonly kind: "timer"; readonly fireAtMs: number };

/** A task with its place in the order in which the execution began its tasks, from 0. */
export type NumberedTask = { readonly taskId: number; readonly task: DurableTask };

/** What an instance is told, in order of arrival. */
export type Message =
  | (TaskAnswer & { readonly kind: "task-completed"; readonly result: string | null })
  | (TaskAnswer & {
      readonly kind: "task-failed";
      readonly reason: string;
      /** Null for a child that was terminated. */
      readonly details: string | null;
    })
  | (TaskAnswer & { readonly kind: "timer-fired" })
  | ExternalEvent
  | { readonly kind: "terminate" | "suspend" | "resume"; readonly reason: string };

export type ExternalEvent = {
  readonly kind: "event";
  readonly name: string;
  readonly input: string | null;
};

type TaskAnswer = { readonly executionId: string; readonly taskId: number };

export function isFinished(status: RuntimeStatus): boolean {
  return status === "Completed" || status === "Failed" || status === "Terminated";
}

/** Whether the execution waits for its first turn. */
export function isFresh({ history }: Pick<Instance, "history">): boolean {
  return history.length === 0;
}
