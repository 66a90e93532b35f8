/** The orchestrators and activities that both engines run. */
import * as df from "durable-functions";
import type { OrchestrationContext, Task } from "durable-functions";

type Durable = OrchestrationContext["df"];
type Orchestrator = (durable: Durable) => Generator<Task, unknown, never>;

const orchestration = (name: string, handler: Orchestrator): void => {
  df.app.orchestration(name, ({ df: durable }: OrchestrationContext) => handler(durable));
};

const later = ({ currentUtcDateTime }: Durable, seconds: number): Date =>
  new Date(currentUtcDateTime.getTime() + seconds * 1_000);

const attempts = new Map<string, number>();

df.app.activity("echo", { handler: (input: unknown) => input });
df.app.activity("nothing", { handler: () => undefined });
df.app.activity("slow", {
  handler: async (ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return "slept";
  },
});
df.app.activity("unreliable", {
  handler: ({ key, failures }: { readonly key: string; readonly failures: number }) => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    if (attempt <= failures) throw new Error(`attempt ${attempt} fails`);
    return `done at attempt ${attempt}`;
  },
});

orchestration("sequence", function* (durable) {
  const results: unknown[] = [];
  for (const input of durable.getInput<unknown[]>()) {
    const result: unknown = yield durable.callActivity("echo", input);
    results.push(result);
  }
  return results;
});

/** A race between an event and a timer of so many seconds; the loser is cancelled. */
orchestration("race", function* (durable) {
  const event = durable.waitForExternalEvent("go");
  const timer = durable.createTimer(later(durable, durable.getInput<number>()));
  durable.setCustomStatus("waiting");
  const winner: Task = yield durable.Task.any([event, timer]);
  if (winner === event) timer.cancel();
  return yield durable.callActivity("echo", winner === event ? event.result : "timer");
});

/** No delay may be longer than the longest timer, which is half a minute here. */
const shortRetries = { maxRetryIntervalInMilliseconds: 20_000 };

orchestration("deadline", function* (durable) {
  const kind = durable.getInput<string>();
  const key = durable.instanceId;
  const retry = Object.assign(new df.RetryOptions(300, 3), shortRetries);
  const call =
    kind === "child"
      ? durable.callSubOrchestratorWithRetry("fails-once", retry, key)
      : durable.callActivityWithRetry("unreliable", retry, { key, failures: 1 });
  const timer = durable.createTimer(later(durable, 25));
  yield durable.Task.any([call, timer]);
  timer.cancel();
  if (kind === "at the end") return call.result;
  return yield durable.callActivity("echo", call.result);
});

orchestration("fails-once", function* (durable) {
  const input = { key: `child of ${durable.getInput<string>()}`, failures: 1 };
  return yield durable.callActivity("unreliable", input);
});

/** Whether a timer of so many seconds fires before its instant. */
orchestration("early", function* (durable) {
  const fireAt = later(durable, durable.getInput<number>());
  yield durable.createTimer(fireAt);
  return durable.currentUtcDateTime < fireAt;
});

type RetryNumbers = {
  readonly first: number;
  readonly attempts: number | "Infinity";
  readonly others?: Readonly<Record<string, number | null>>;
};

orchestration("retried-by", function* (durable) {
  const { first, attempts: count, others } = durable.getInput<RetryNumbers>();
  const options = new df.RetryOptions(first, Number(count));
  Object.assign(options, shortRetries, others);
  try {
    const input = { key: durable.instanceId, failures: 99 };
    return yield durable.callActivityWithRetry("unreliable", options, input);
  } catch {
    return "gave up";
  }
});

orchestration("timer-at", function* (durable) {
  const timer = durable.createTimer(new Date(durable.getInput<string | number>()));
  yield durable.Task.any([timer, durable.callActivity("echo", 1)]);
  return "begun";
});

orchestration("status-of-size", function* (durable) {
  durable.setCustomStatus("s".repeat(durable.getInput<number>()));
  yield durable.callActivity("echo", 1);
  return "done";
});

let replays = 0;
orchestration("undecided", function* (durable) {
  replays += 1;
  return yield durable.callActivity(replays % 2 === 1 ? "echo" : "nothing");
});

let shorterReplays = 0;
orchestration("shrinks", function* (durable) {
  shorterReplays += 1;
  if (shorterReplays === 1) yield durable.callActivity("echo", 1);
  return "done";
});

orchestration("throws-text", function* (durable) {
  if (durable.getInput<string>() === "later") yield durable.callActivity("echo", 1);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- what it is about
  throw "only a text";
});

orchestration("calls-nobody", function* (durable) {
  return yield durable.callActivity("nobody");
});

orchestration("fails", function* (durable) {
  yield durable.callActivity("echo", 1);
  throw new Error("no luck");
});

orchestration("waits", function* (durable) {
  durable.setCustomStatus("waiting");
  const data: unknown = yield durable.waitForExternalEvent("go");
  return { data };
});

orchestration("parent", function* (durable) {
  try {
    return yield durable.callSubOrchestrator("waits", undefined, `${durable.instanceId}-child`);
  } catch {
    return "caught";
  }
});

type Count = { readonly total: number; readonly left: number };

orchestration("counter", function* (durable) {
  const { total, left } = durable.getInput<Count>();
  const added: number = yield durable.waitForExternalEvent("add");
  if (left === 1) return total + added;
  durable.continueAsNew({ total: total + added, left: left - 1 });
  return undefined;
});

orchestration("continues-with", function* (durable) {
  const input = durable.getInput<{ readonly first?: unknown } | string>();
  if (typeof input === "object" && "first" in input) {
    durable.continueAsNew(input.first);
    return undefined;
  }
  return yield durable.callActivity("echo", input);
});

orchestration("two-waiters", function* (durable) {
  const first = durable.waitForExternalEvent("go");
  const second = durable.waitForExternalEvent("go");
  durable.setCustomStatus("waiting");
  const winner: Task = yield durable.Task.any([first, second]);
  return { winner: winner === first ? "first" : "second", result: winner.result };
});

/** What follows a failure begins when its siblings have ended. */
orchestration("all", function* (durable) {
  const failing = durable.callActivity("unreliable", { key: durable.instanceId, failures: 1 });
  try {
    yield durable.Task.all([failing, durable.callActivity("slow", 1_500)]);
  } catch {
    durable.setCustomStatus("caught");
  }
  return yield durable.callActivity("echo", "after it");
});
