import { isJsonObject, objectAt, stringAt, type JsonObject } from "../../shared/json.ts";
import type { Call, RetryPolicy } from "./instance.ts";

/** What an orchestrator function answered to one replay. */
export type Outcome = {
  /** It returned, threw, or continues as new. */
  readonly isDone: boolean;
  /** Everything asked for since the start of the execution that takes a task id, in order. */
  readonly actions: readonly Action[];
  /** Names of the external events waited for so far, in order. */
  readonly awaitedEvents: readonly string[];
  /** Input of the next execution, as JSON. */
  readonly continueAsNew: { readonly input: string | null } | undefined;
  /** JSON; null for none. */
  readonly output: string | null;
  /** JSON; undefined when it was not set. */
  readonly customStatus: string | undefined;
  /** Present when the orchestrator threw. */
  readonly failure: Failure | undefined;
};

export type Failure = { readonly message: string; readonly details: string };

export type Action =
  | { readonly kind: "call"; readonly call: Call; readonly policy?: RetryPolicy }
  | { readonly kind: "timer"; readonly fireAtMs: number; readonly isCanceled: boolean }
  | { readonly kind: "unsupported"; readonly what: string };

/** Numbers of actions (source: npm durable-functions, lib/src/actions/ActionType.js). */
const actionType = {
  callActivity: 0,
  callActivityWithRetry: 1,
  callSubOrchestrator: 2,
  callSubOrchestratorWithRetry: 3,
  continueAsNew: 4,
  createTimer: 5,
  waitForExternalEvent: 6,
  callEntity: 7,
  callHttp: 8,
  signalEntity: 9,
  scheduledSignalEntity: 10,
  whenAny: 11,
  whenAll: 12,
  lockEntities: 13,
  releaseEntities: 14,
} as const;

/** Separates the message of a failed orchestrator from its state, which the library appends. */
const stateLabel = "\n\n$OutOfProcData$:";

/** Reads the state an orchestrator function returned, as JSON. */
export function readOutcome(text: string): Outcome {
  return toOutcome(JSON.parse(text), undefined);
}

/** Reads what an orchestrator function threw: the library puts its state behind a label. */
export function readFailure(error: unknown): Outcome {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const start = message.indexOf(stateLabel);
  const details = stack ?? "";
  if (start === -1) return toOutcome({}, { message, details });
  const state: unknown = JSON.parse(message.slice(start + stateLabel.length));
  const thrown = isJsonObject(state) ? (stringAt(state, "error") ?? "") : "";
  return toOutcome(state, { message: thrown, details });
}

function toOutcome(state: unknown, failure: Failure | undefined): Outcome {
  if (!isJsonObject(state)) throw new Error("An orchestrator function answered no state.");
  const leaves = flatten(state["actions"]);
  const continuation = leaves.find((leaf) => leaf["actionType"] === actionType.continueAsNew);
  const { output, customStatus } = state;
  return {
    isDone: state["isDone"] === true || failure !== undefined,
    actions: leaves.flatMap(toAction),
    awaitedEvents: leaves
      .filter((leaf) => leaf["actionType"] === actionType.waitForExternalEvent)
      .map((leaf) => stringAt(leaf, "externalEventName") ?? ""),
    continueAsNew: continuation && { input: inputOf(continuation) },
    output: output === undefined || output === null ? null : JSON.stringify(output),
    customStatus: customStatus === undefined ? undefined : JSON.stringify(customStatus),
    failure,
  };
}

/** The actions without the when-all and when-any around them, depth first. */
function flatten(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (!isJsonObject(value)) return [];
  const { compoundActions } = value;
  return compoundActions === undefined ? [value] : flatten(compoundActions);
}

function toAction(leaf: JsonObject): Action[] {
  const name = stringAt(leaf, "functionName") ?? "";
  switch (leaf["actionType"]) {
    case actionType.callActivity:
    case actionType.callActivityWithRetry: {
      const call = { kind: "activity", name, input: inputOf(leaf) } as const;
      return [{ kind: "call", call, ...withPolicy(leaf) }];
    }
    case actionType.callSubOrchestrator:
    case actionType.callSubOrchestratorWithRetry: {
      const given = stringAt(leaf, "instanceId");
      const input = leaf["input"] === undefined ? null : JSON.stringify(leaf["input"]);
      const call = { kind: "sub-orchestration", name, input } as const;
      const named = given === undefined || given === "" ? call : { ...call, instanceId: given };
      return [{ kind: "call", call: named, ...withPolicy(leaf) }];
    }
    case actionType.createTimer: {
      const fireAtMs = Date.parse(stringAt(leaf, "fireAt") ?? "");
      if (Number.isNaN(fireAtMs)) return [{ kind: "unsupported", what: "timers without a date" }];
      return [{ kind: "timer", fireAtMs, isCanceled: leaf["isCanceled"] === true }];
    }
    case actionType.continueAsNew:
    case actionType.waitForExternalEvent:
      return [];
    case actionType.callHttp:
      return [{ kind: "unsupported", what: "callHttp" }];
    default:
      return [{ kind: "unsupported", what: "durable entities" }];
  }
}

/** The library has turned texts, and only texts, into JSON (source: lib/src/util/Utils.js). */
function inputOf({ input }: JsonObject): string | null {
  if (input === undefined || input === null) return null;
  return typeof input === "string" ? input : JSON.stringify(input);
}

function withPolicy(leaf: JsonObject): { readonly policy?: RetryPolicy } {
  if (!isJsonObject(leaf["retryOptions"])) return {};
  const options = objectAt(leaf, "retryOptions");
  const number = (key: string, fallback: number): number => {
    const value = options[key];
    return typeof value === "number" ? value : fallback;
  };
  return {
    policy: {
      firstIntervalMs: number("firstRetryIntervalInMilliseconds", 1),
      maxAttempts: number("maxNumberOfAttempts", 1),
      backoffCoefficient: number("backoffCoefficient", 1),
      maxIntervalMs: number("maxRetryIntervalInMilliseconds", Number.MAX_SAFE_INTEGER),
    },
  };
}

/**
 * Whether a task that is not an external event was scheduled twice. The library numbers it once,
 * the host (here as in Azure) at each appearance: from then on answers meet the wrong task (issue:
 * azure-functions-durable-js #574).
 * @param state as the orchestrator function returned it, before it became JSON
 */
export function hasRepeatedTask(state: unknown): boolean {
  if (!isJsonObject(state)) return false;
  const leaves = flatten(state["actions"]).filter(
    (leaf) => leaf["actionType"] !== actionType.waitForExternalEvent,
  );
  return new Set(leaves).size < leaves.length;
}
