/**
 * The driver of a process manager: a Durable Functions orchestrator which waits, times and calls activities, and leaves every
 * decision to the process. What it yields is replayed from the history after each pause, so it must stay the same for
 * instances that are under way: a changed driver or process gets a new name (docs/adr/0010).
 */
import * as df from "durable-functions";
import type { OrchestrationContext, OrchestrationHandler, Task } from "durable-functions";
import type { Reaction } from "../../../domain/kernel/decider.ts";
import type { Process, Step } from "../../../domain/kernel/process.ts";

/** What is signalled: news with its cause; or nothing, which makes the process look for itself. */
type Signal<News> = { readonly news: News; readonly cause: object } | null;

/** The name of the external event that carries signals. */
export const signalName = "news";

/** What the activities take: to look, the instance's id; to issue, commands and what they follow from. */
export type IssueInput<Cause> = {
  readonly commands: readonly Reaction[];
  readonly cause: Cause;
};

type Activities = { readonly look: string; readonly issue: string };

/**
 * How an orchestrator waits. Its timers follow from it, so it belongs to a version of the orchestrator as the code does:
 * other values are another version.
 */
export type TimerPolicy = {
  /** How long after its last activity a process waits at most before it looks again. */
  readonly longestMs: number;
  /** By how much a timer may fire early; it is created for so much later than the instant it is to meet. */
  readonly earlyByMs: number;
};

/**
 * What Azure's engine needs. Timers of JavaScript reach six days ("Timers in Durable Functions", limitations; host.json:
 * `maximumShortTimerDurationInDays`). Longer ones are made of pieces of three days, by the library and by the extension, and
 * once a piece has fired, cancelling them is not repeated by the next replay: the instance fails as non-deterministic, or stays
 * Running (durable-functions 3.5, LongTimerTask). The six days count from where the extension's own replay is, which
 * passes a race whose timer was cancelled without waiting for the event, so it may create a timer earlier than
 * the library did; an activity is where both meet again. Hence less than six days from the last activity, then another.
 *
 * And a timer is a queue message whose delay is whole seconds, cut off ("Put Message (REST API)", `visibilitytimeout`): it
 * fires up to a second early.
 */
export const azureTimers: TimerPolicy = { longestMs: 5 * 24 * 3_600_000, earlyByMs: 1_000 };

/** One timer for each wait, created for the very instant: what the first versions did. */
export const plainTimers: TimerPolicy = { longestMs: Infinity, earlyByMs: 0 };

/** About two hours of a platform that is away; then the instance fails, and the watchdog finds it. */
const retries = (): df.RetryOptions => {
  const options = new df.RetryOptions(1_000, 130);
  options.backoffCoefficient = 2;
  options.maxRetryIntervalInMilliseconds = 60_000;
  return options;
};

export function driveProcess<State, News>(
  process: Process<State, News>,
  { look, issue }: Activities,
  timers: TimerPolicy,
): OrchestrationHandler {
  return function* (context: OrchestrationContext): Generator<Task, unknown, never> {
    const { df: durable } = context;
    const { instanceId } = durable;
    type Found = NonNullable<Signal<News>>;
    const nowMs = (): number => durable.currentUtcDateTime.getTime();
    /** When the timer for an instant has fired: not earlier than the instant, unless by more than a timer may be early. */
    const metAtMs = (instantMs: number): number =>
      instantMs - nowMs() <= timers.earlyByMs ? Math.max(nowMs(), instantMs) : nowMs();
    const hearUntil = listenIn<Signal<News>>(context, timers);
    let cause: object | undefined;
    let lastActivityMs = nowMs();
    let step: Step<State> = {
      state: process.initialState,
      commands: [],
      next: { kind: "look" },
    };
    for (;;) {
      const { state, commands, next } = step;
      if (commands.length > 0) {
        yield durable.callActivityWithRetry(issue, retries(), { commands, cause });
        lastActivityMs = nowMs();
      }
      switch (next.kind) {
        case "done":
          return state;
        case "look": {
          const found: Found = yield durable.callActivityWithRetry(look, retries(), instanceId);
          lastActivityMs = nowMs();
          cause = found.cause;
          step = process.see(state, found.news, nowMs());
          break;
        }
        case "wait": {
          const untilMs = Math.min(next.untilMs, lastActivityMs + timers.longestMs);
          const signal = yield* hearUntil(untilMs);
          if (signal === null || (signal === "nothing" && untilMs < next.untilMs))
            step = { state, commands: [], next: { kind: "look" } };
          else if (signal === "nothing") step = process.wake(state, metAtMs(untilMs));
          else step = process.hear(state, signal.news, nowMs());
          cause = signal === "nothing" ? cause : (signal?.cause ?? cause);
        }
      }
    }
  };
}

/**
 * Waits for the next signal until an instant; "nothing" if the time came first. A waiter cannot be taken back: one whose
 * race the time has won is given the signal that comes while an activity runs (durable-functions 3.5,
 * TaskOrchestrationExecutor: `openEvents`), so it is asked before the next wait.
 */
function listenIn<Heard>(
  { df: durable }: OrchestrationContext,
  { earlyByMs }: TimerPolicy,
): (untilMs: number) => Generator<Task, Heard | "nothing", never> {
  const leftBehind: Task[] = [];
  return function* (untilMs) {
    const told = leftBehind.findIndex(({ isCompleted }) => isCompleted);
    if (told !== -1) return leftBehind.splice(told, 1)[0]?.result as Heard;
    const heard = durable.waitForExternalEvent(signalName);
    const alarm = durable.createTimer(new Date(untilMs + earlyByMs));
    yield durable.Task.any([heard, alarm]);
    if (!heard.isCompleted) {
      leftBehind.push(heard);
      return "nothing";
    }
    // A timer left behind would keep the instance alive until it fires (azure-functions-durable-js issue 577).
    if (!alarm.isCompleted) alarm.cancel();
    return heard.result as Heard;
  };
}
