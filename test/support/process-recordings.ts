/**
 * Histories of process instances as a task hub kept them (`test/e2e/fixtures/record-processes.ts`), and their replay by the
 * bundle that is deployed, in the library's own way.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Action } from "../../emulator/durable/engine/actions.ts";
import { eventType, type HistoryEvent } from "../../emulator/durable/engine/history.ts";
import {
  type Answer,
  type Outcome,
  readFailure,
  readOutcome,
} from "../../emulator/durable/engine/outcome.ts";
import { loadApp } from "../../emulator/host/app-loader.ts";
import { createCoreModule } from "../../emulator/host/core-module.ts";
import { createLogger } from "../../emulator/host/log.ts";
import { applySettings, readConfiguration } from "../../emulator/host/settings.ts";

export type Recording = {
  readonly story: string;
  /** Of the orchestrator. */
  readonly name: string;
  readonly instanceId: string;
  readonly history: readonly HistoryEvent[];
};

/** An action that begins one task. */
export type TaskAction = Extract<Action, { readonly kind: "call" | "timer" | "unsupported" }>;

/** What an orchestrator answered, without the when-all and when-any around its tasks. */
export type Asked = Pick<Answer, "isDone" | "failure"> & {
  readonly actions: readonly TaskAction[];
};

/** Answers what an orchestrator asks for when it is told this history. */
export type Replay = (instanceId: string, history: readonly HistoryEvent[]) => Promise<Asked>;

const root = fileURLToPath(new URL("../..", import.meta.url));

export function recordings(): readonly Recording[] {
  const files = globSync("test/e2e/fixtures/*-process-v*/*.json", { cwd: root }).sort();
  return files.map((file) => {
    const recorded = JSON.parse(readFileSync(`${root}/${file}`, "utf8")) as Recording;
    return { ...recorded, story: basename(file, ".json") };
  });
}

/** The orchestrators of the bundle that is there, by name. */
export async function loadOrchestrators(): Promise<ReadonlyMap<string, Replay>> {
  const configuration = readConfiguration(root, {});
  applySettings(configuration, {});
  const core = createCoreModule(createLogger(configuration.logLevels, () => undefined));
  await loadApp(configuration, core);
  const found = [...core.functions.values()].filter(({ metadata }) =>
    Object.values(metadata.bindings).some(({ type }) => type === "orchestrationTrigger"),
  );
  return new Map(
    found.map(({ metadata, callback }) => [
      metadata.name,
      async (instanceId, history) => {
        const outcome = await outcomeOf(() => callback(triggerOf(instanceId, history), {}));
        assert.equal(outcome.kind, "answer", outcome.failure?.message);
        return { ...outcome, actions: outcome.actions.flatMap(tasksOf) };
      },
    ]),
  );
}

function tasksOf(action: Action): readonly TaskAction[] {
  switch (action.kind) {
    case "when-all":
    case "when-any":
      return action.actions.flatMap(tasksOf);
    case "wait-for-event":
    case "continue-as-new":
      return [];
    case "call":
    case "timer":
    case "unsupported":
      return [action];
  }
}

async function outcomeOf(callback: () => unknown): Promise<Outcome> {
  try {
    return readOutcome(JSON.stringify(await callback()));
  } catch (error) {
    return readFailure(error);
  }
}

/** As the extension sends it (source: RemoteOrchestratorContext.cs; the misspelling is its own). */
function triggerOf(instanceId: string, history: readonly HistoryEvent[]): object {
  return {
    history,
    input: null,
    instanceId,
    isReplaying: history.length > 2,
    parentInstanceId: null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 2,
    longRunningTimerIntervalDuration: "3.00:00:00",
    maximumShortTimerDuration: "6.00:00:00",
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
}

const { taskScheduled, timerCreated, executionCompleted, orchestratorCompleted } = eventType;

/** What a turn adds to the history when the orchestrator has answered. */
const answers = new Set<number>([
  ...[taskScheduled, timerCreated, executionCompleted, orchestratorCompleted],
]);

type Turn = {
  /** What the orchestrator is told. */
  readonly told: readonly HistoryEvent[];
  /** What it had asked for by the end of the turn, in order. */
  readonly asked: readonly HistoryEvent[];
  /** What happened to it. */
  readonly news: string;
};

/** Each time that an instance was replayed, from its start to its end. */
export function turnsOf({ history }: Pick<Recording, "history">): readonly Turn[] {
  const turns: Turn[] = [];
  const asked: HistoryEvent[] = [];
  const retryTimers = new Set<number>();
  for (let first = 0; first < history.length;) {
    const end = history.findIndex(
      ({ EventType }, index) => index >= first && EventType === orchestratorCompleted,
    );
    const turn = history.slice(first, end + 1);
    const news = turn.filter(({ EventType }) => !answers.has(EventType));
    const created = turn.filter(({ EventId }) => EventId >= 0);
    // Before anything else the hub begins what failures and the waits after them call for, which nobody asks for anew.
    const retries = news.filter((event) => isRetried(event, retryTimers)).length;
    for (const { EventType, EventId } of created.splice(0, retries))
      if (EventType === timerCreated) retryTimers.add(EventId);
    asked.push(...created);
    const told = [...history.slice(0, first), ...news];
    turns.push({ told, asked: [...asked], news: news.map(nameOf).join(", ") });
    first = end + 1;
  }
  return turns;
}

function isRetried({ EventType, TimerId }: HistoryEvent, retryTimers: Set<number>): boolean {
  if (EventType === eventType.taskFailed) return true;
  return EventType === eventType.timerFired && retryTimers.has(TimerId ?? -1);
}

function nameOf({ EventType }: HistoryEvent): string {
  return Object.entries(eventType).find(([, type]) => type === EventType)?.[0] ?? "";
}

/** What is wrong with a replay: `undefined` if an instance under way would go on as it did. */
export function deviation(turn: Turn, { actions, failure }: Asked): string | undefined {
  if (failure !== undefined) return `it throws: ${failure.message}`;
  const before = turn.asked.map(describeEvent);
  const now = actions.map(describeAction);
  const index = before.findIndex((each, at) => each !== now[at]);
  const at = index === -1 && now.length > before.length ? before.length : index;
  if (at === -1) return undefined;
  const shown = (what: string | undefined): string => what ?? "nothing";
  return `as number ${at + 1} it asked for ${shown(before[at])}, and now asks for ${shown(now[at])}`;
}

function describeEvent({ EventType, Name, Input, FireAt }: HistoryEvent): string {
  return EventType === timerCreated
    ? `a timer until ${FireAt ?? ""}`
    : `${Name ?? ""} of ${Input ?? "null"}`;
}

function describeAction(action: TaskAction): string {
  switch (action.kind) {
    case "timer":
      return `a timer until ${new Date(action.fireAtMs).toISOString()}`;
    case "call":
      return `${action.call.name} of ${action.call.input ?? "null"}`;
    case "unsupported":
      return action.what;
  }
}

/** Fails with what to do about it. */
export async function assertGoesOn(recording: Recording, replay: Replay): Promise<void> {
  const { name, story, instanceId } = recording;
  for (const [index, turn] of turnsOf(recording).entries()) {
    const outcome = await replay(instanceId, turn.told);
    const wrong = deviation(turn, outcome);
    if (wrong === undefined) continue;
    assert.fail(
      `Instances of ${name} that are under way would break ("${story}", turn ${index + 1} after ` +
        `${turn.news}): ${wrong}. Leave ${name} as it was, and make a new version beside it for ` +
        "new instances (docs/adr/0010-processes.md).",
    );
  }
}
