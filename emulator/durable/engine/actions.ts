import { isJsonObject, objectAt, stringAt, type JsonObject } from "../../shared/json.ts";
import { dateTimeMsAt, doubleAt, int32At, UnreadableValue } from "./dotnet-values.ts";
import type { Call, RetryPolicy } from "./instance.ts";

/** Something that an orchestrator function has waited for, as the library lists it. */
export type Action =
  | CallAction
  | TimerAction
  | { readonly kind: "wait-for-event"; readonly name: string }
  | { readonly kind: "continue-as-new"; readonly input: string | null }
  | { readonly kind: "when-all" | "when-any"; readonly actions: readonly Action[] }
  | { readonly kind: "unsupported"; readonly what: string };

export type CallAction = {
  readonly kind: "call";
  readonly call: Call;
  readonly policy?: RetryPolicy;
};

export type TimerAction = {
  readonly kind: "timer";
  readonly fireAtMs: number;
  readonly isCanceled: boolean;
};

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

/**
 * @param path of the list in the whole answer, for messages
 * @throws UnreadableValue for a value that the extension cannot read
 */
export function readActions(value: unknown, path: string): readonly Action[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.map((action, index) =>
    isJsonObject(action) ? toAction(action, `${path}[${index}]`) : unsupported("its actions"),
  );
}

function toAction(action: JsonObject, path: string): Action {
  const name = stringAt(action, "functionName") ?? "";
  switch (action["actionType"]) {
    case actionType.callActivity:
    case actionType.callActivityWithRetry: {
      const call = { kind: "activity", name, input: inputOf(action) } as const;
      return { kind: "call", call, ...withPolicy(action) };
    }
    case actionType.callSubOrchestrator:
    case actionType.callSubOrchestratorWithRetry: {
      const given = stringAt(action, "instanceId");
      const input = action["input"] === undefined ? null : JSON.stringify(action["input"]);
      const call = { kind: "sub-orchestration", name, input } as const;
      const named = given === undefined || given === "" ? call : { ...call, instanceId: given };
      return { kind: "call", call: named, ...withPolicy(action) };
    }
    case actionType.createTimer: {
      const fireAtMs = dateTimeMsAt(action, "fireAt", path);
      return { kind: "timer", fireAtMs, isCanceled: action["isCanceled"] === true };
    }
    case actionType.waitForExternalEvent:
      return { kind: "wait-for-event", name: stringAt(action, "externalEventName") ?? "" };
    case actionType.continueAsNew:
      return { kind: "continue-as-new", input: continuationInput(action) };
    case actionType.whenAny:
    case actionType.whenAll: {
      const kind = action["actionType"] === actionType.whenAny ? "when-any" : "when-all";
      const actions = readActions(action["compoundActions"], `${path}.compoundActions`);
      return { kind, actions };
    }
    case actionType.callHttp:
      return unsupported("callHttp");
    default:
      return unsupported("durable entities");
  }
}

function unsupported(what: string): Action {
  return { kind: "unsupported", what };
}

/** The library has turned texts, and only texts, into JSON (source: lib/src/util/Utils.js). */
function inputOf({ input }: JsonObject): string | null {
  if (input === undefined || input === null) return null;
  return typeof input === "string" ? input : JSON.stringify(input);
}

/** The extension turns what the library made of a text into JSON once more. */
function continuationInput({ input }: JsonObject): string | null {
  return input === undefined || input === null ? null : JSON.stringify(input);
}

function withPolicy(action: JsonObject): { readonly policy?: RetryPolicy } {
  if (!isJsonObject(action["retryOptions"])) return {};
  const options = objectAt(action, "retryOptions");
  const intervalKey = "firstRetryIntervalInMilliseconds";
  const firstIntervalMs = int32At(options, intervalKey);
  const maxAttempts = int32At(options, "maxNumberOfAttempts");
  if (firstIntervalMs <= 0) {
    throw new UnreadableValue(
      "Invalid interval.  Specify a TimeSpan value greater then TimeSpan.Zero. " +
        "(Parameter 'firstRetryInterval')",
    );
  }
  const has = (key: string): boolean => options[key] !== undefined;
  return {
    policy: {
      firstIntervalMs,
      maxAttempts,
      backoffCoefficient: has("backoffCoefficient") ? doubleAt(options, "backoffCoefficient") : 1,
      maxIntervalMs: has("maxRetryIntervalInMilliseconds")
        ? int32At(options, "maxRetryIntervalInMilliseconds")
        : defaultMaxIntervalMs,
      ...(has("retryTimeoutInMilliseconds") && {
        timeoutMs: int32At(options, "retryTimeoutInMilliseconds"),
      }),
    },
  };
}

/** Source: azure-functions-durable-extension, RetryOptions.cs. */
const defaultMaxIntervalMs = 6 * 86_400_000;

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

/** The actions without the when-all and when-any around them, depth first. */
function flatten(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (!isJsonObject(value)) return [];
  const { compoundActions } = value;
  return compoundActions === undefined ? [value] : flatten(compoundActions);
}
