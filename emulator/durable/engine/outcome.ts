import { isJsonObject, stringAt, type JsonObject } from "../../shared/json.ts";
import { readActions, type Action } from "./actions.ts";
import { UnreadableValue } from "./dotnet-values.ts";

/** What an orchestrator function answered to one replay. */
export type Outcome = Answer | BrokenOutcome;

/** The library's state of the orchestrator. */
export type Answer = {
  readonly kind: "answer";
  /** It returned, or continues as new. */
  readonly isDone: boolean;
  /** Everything it has waited for since the start of the execution, in order. */
  readonly actions: readonly Action[];
  /** JSON; null for none. */
  readonly output: string | null;
  /** JSON; null for none. */
  readonly customStatus: string | null;
  /** Present when the orchestrator threw. */
  readonly failure: Failure | undefined;
};

/** An answer without a state that the extension could replay: the function has failed. */
export type BrokenOutcome = { readonly kind: "broken"; readonly failure: Failure };

export type Failure = { readonly message: string; readonly details: string };

/** Separates the message of a failed orchestrator from its state, which the library appends. */
const stateLabel = "\n\n$OutOfProcData$:";

const maxCustomStatusKb = 16;

/** Reads the state an orchestrator function returned, as JSON. */
export function readOutcome(text: string): Outcome {
  const state: unknown = JSON.parse(text);
  if (isJsonObject(state)) return toOutcome(state, undefined);
  // A plain generator function that was registered past the library.
  return broken("Out of proc orchestrators must return a valid JSON schema");
}

/**
 * Reads what an orchestrator function threw: the library puts its state behind a label. Without one
 * there is nothing to replay (source: azure-functions-durable-extension, OutOfProcExceptionHelpers.cs,
 * TaskOrchestrationShim.cs).
 */
export function readFailure(error: unknown): Outcome {
  const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  const state = failureState(message);
  const thrown = state && stringAt(state, "error");
  if (state !== undefined && thrown !== undefined && thrown !== "" && state["isDone"] === false) {
    return toOutcome(state, { message: thrown, details: stack });
  }
  const text = `Result: Failure\nException: ${message}\nStack: ${stack}`;
  return broken(`One or more errors occurred. (${text})`, stack);
}

function failureState(message: string): JsonObject | undefined {
  const start = message.lastIndexOf(stateLabel);
  if (start === -1) return undefined;
  try {
    const state: unknown = JSON.parse(message.slice(start + stateLabel.length));
    return isJsonObject(state) ? state : undefined;
  } catch {
    // A message of the app's own that only looks like one with a state.
    return undefined;
  }
}

function toOutcome(state: JsonObject, failure: Failure | undefined): Outcome {
  try {
    const { output } = state;
    return {
      kind: "answer",
      isDone: state["isDone"] === true,
      actions: readActions(listAt(state, "actions")[0], "actions[0]"),
      output: output === undefined || output === null ? null : JSON.stringify(output),
      customStatus: readCustomStatus(state),
      failure,
    };
  } catch (error) {
    if (error instanceof UnreadableValue) return broken(error.message);
    throw error;
  }
}

/** A failure of the function as a whole. */
export function broken(message: string, details = ""): BrokenOutcome {
  return { kind: "broken", failure: { message, details } };
}

function readCustomStatus({ customStatus }: JsonObject): string | null {
  if (customStatus === undefined || customStatus === null) return null;
  const text = JSON.stringify(customStatus);
  const kb = Math.floor((text.length * 2) / 1024);
  if (kb <= maxCustomStatusKb) return text;
  throw new UnreadableValue(
    "The UTF-16 size of the JSON-serialized payload must not exceed " +
      `${maxCustomStatusKb} KB. The current payload size is ${kb.toLocaleString("en-US")} KB.`,
  );
}

function listAt(parent: JsonObject, key: string): readonly unknown[] {
  const value = parent[key];
  return Array.isArray(value) ? value : [];
}
