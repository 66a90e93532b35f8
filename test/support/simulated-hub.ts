/**
 * One instance of an orchestrator in a task hub whose time is the test's. Its timers are those of Azure Storage: queue
 * messages whose delay is whole seconds, cut off ("Put Message (REST API)", `visibilitytimeout`), and of six days at most
 * ("Timers in Durable Functions", limitations). The replay is the library's own.
 */
import assert from "node:assert/strict";
import { eventsAt, eventType, type HistoryEvent } from "../../emulator/durable/engine/history.ts";
import type { Asked, Replay, TaskAction } from "./process-recordings.ts";

const longestTimerMs = 6 * 24 * 3_600_000;

type SimulatedTimer = {
  readonly id: number;
  readonly fireAtMs: number;
  /** When its message becomes visible. */
  readonly dueMs: number;
  state: "open" | "fired" | "cancelled";
};

type Options = {
  readonly name: string;
  readonly startMs: number;
  readonly activities: Readonly<Record<string, (input: unknown, atMs: number) => unknown>>;
  /** How far the clock of the host that takes the turns is behind that of the storage account. */
  readonly behindMs?: number;
};

type EventFields = NonNullable<Parameters<ReturnType<typeof eventsAt>>[1]>;
type Arrival = readonly [type: HistoryEvent["EventType"], fields: EventFields];

const instanceId = "simulated";

export class SimulatedInstance {
  readonly timers: SimulatedTimer[] = [];
  readonly history: HistoryEvent[] = [];
  nowMs: number;
  private asked: readonly TaskAction[] = [];
  private isDone = false;
  /** From where the extension counts the days of a timer at worst: see `azureTimers` in drive-process.ts. */
  private lastActivityMs: number;
  private readonly replay: Replay;
  private readonly options: Options;

  private constructor(replay: Replay, options: Options) {
    this.replay = replay;
    this.options = options;
    this.nowMs = options.startMs;
    this.lastActivityMs = options.startMs;
  }

  static async start(replay: Replay, options: Options): Promise<SimulatedInstance> {
    const instance = new SimulatedInstance(replay, options);
    await instance.take([eventType.executionStarted, { Name: options.name, Input: '""' }]);
    return instance;
  }

  /** It has returned, and nothing keeps it Running. */
  get hasEnded(): boolean {
    return this.isDone && this.timers.every(({ state }) => state !== "open");
  }

  async raise(name: string, data: unknown): Promise<void> {
    await this.take([eventType.eventRaised, { Name: name, Input: JSON.stringify(data) }]);
  }

  /** Time passes up to an instant; whatever timer becomes visible on the way fires. */
  async passUntil(untilMs: number): Promise<void> {
    for (;;) {
      const due = this.timers.filter(({ state, dueMs }) => state === "open" && dueMs <= untilMs);
      const [next] = due.toSorted((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      assert.ok(this.timers.length < 100, "the instance creates one timer after the other");
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      next.state = "fired";
      const FireAt = new Date(next.fireAtMs).toISOString();
      await this.take([eventType.timerFired, { TimerId: next.id, FireAt }]);
    }
    this.nowMs = untilMs;
  }

  /** One turn, and those that follow from the activities it calls. */
  private async take(...arrivals: readonly Arrival[]): Promise<void> {
    if (this.isDone) return;
    const event = eventsAt(this.nowMs - (this.options.behindMs ?? 0));
    if (arrivals.some(([type]) => type === eventType.taskCompleted))
      this.lastActivityMs = this.nowMs;
    this.history.push(event(eventType.orchestratorStarted));
    this.history.push(...arrivals.map(([type, fields]) => event(type, fields)));
    const outcome = await this.replay(instanceId, this.history);
    assert.equal(outcome.failure, undefined);
    const added = this.addedBy(outcome);
    this.history.push(
      ...added.map(({ created }) => created),
      event(eventType.orchestratorCompleted),
    );
    this.isDone = outcome.isDone;
    for (const { completed } of added) if (completed !== undefined) await this.take(completed);
  }

  /** What a replay asks for beyond what was known, which it has to ask for again. */
  private addedBy({ actions }: Pick<Asked, "actions">): readonly Added[] {
    assert.deepEqual(actions.slice(0, this.asked.length).map(kindOf), this.asked.map(kindOf));
    const added = actions
      .slice(this.asked.length)
      .map((action, index) => this.begin(action, this.asked.length + index));
    for (const timer of this.timers)
      if (timer.state === "open" && isCancelled(actions[timer.id])) timer.state = "cancelled";
    this.asked = actions;
    return added;
  }

  private begin(action: TaskAction, id: number): Added {
    const event = eventsAt(this.nowMs);
    if (action.kind === "timer") {
      const { fireAtMs } = action;
      const delayMs = Math.max(0, fireAtMs - this.nowMs);
      const reachMs = fireAtMs - this.lastActivityMs;
      assert.ok(reachMs <= longestTimerMs, `a timer of ${reachMs / 86_400_000} days`);
      const dueMs = this.nowMs + Math.floor(delayMs / 1_000) * 1_000;
      this.timers.push({ id, fireAtMs, dueMs, state: "open" });
      const FireAt = new Date(fireAtMs).toISOString();
      return { created: event(eventType.timerCreated, { taskId: id, FireAt }) };
    }
    assert.ok(action.kind === "call", "an orchestrator that asks for something unsupported");
    const { name, input } = action.call;
    const result = this.options.activities[name]?.(JSON.parse(input ?? "null"), this.nowMs);
    return {
      created: event(eventType.taskScheduled, { taskId: id, Name: name, Input: input }),
      completed: [
        eventType.taskCompleted,
        { TaskScheduledId: id, Result: JSON.stringify(result ?? null) },
      ],
    };
  }
}

type Added = { readonly created: HistoryEvent; readonly completed?: Arrival };

function kindOf(action: TaskAction): string {
  return action.kind === "call" ? action.call.name : action.kind;
}

function isCancelled(action: TaskAction | undefined): boolean {
  return action?.kind === "timer" && action.isCanceled;
}
