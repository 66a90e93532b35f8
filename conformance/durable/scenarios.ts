import { setTimeout as delay } from "node:timers/promises";
import type { Management, Status } from "./management.ts";

/** Does something with an engine and gives what it showed. */
export type Scenario = (engine: Management) => Promise<unknown>;

const isWaiting = ({ customStatus }: Status): boolean => customStatus === "waiting";

/** Starts an instance that waits for the event `go`. */
async function waiting(engine: Management, name: string, input?: unknown): Promise<string> {
  const id = await engine.start(name, input);
  await engine.until(id, isWaiting);
  return id;
}

async function answered(engine: Management, name: string, input?: unknown): Promise<object> {
  const id = await waiting(engine, name, input);
  await engine.raise(id, "go", { a: 1 });
  return engine.end(id);
}

const running =
  (name: string, input?: unknown): Scenario =>
  (engine) =>
    engine.run(name, input);

const retries = (first: number, attempts: number | string, others = {}): Scenario =>
  running("retried-by", { first, attempts, others });

/** The end of a race with a timer of a minute, which is made of timers of three seconds. */
const longRace =
  (seconds: number): Scenario =>
  async (engine) => {
    const id = await waiting(engine, "race", 60);
    await delay(seconds * 1_000);
    await engine.raise(id, "go", "won");
    return engine.end(id);
  };

/** These may run at the same time as others. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  "sequence of values": running("sequence", ["a", 2, { x: 1 }, [null], null]),
  "race: event": (engine) => answered(engine, "race", 20),
  "race: timer": running("race", 2),
  "long timer: cancelled before its first part": longRace(0),
  "long timer: cancelled after its first part": longRace(8),
  "long timer: passes": running("race", 36),
  "timer: 1.9 s is early": running("early", 1.9),
  "timer: 0.9 s is early": running("early", 0.9),
  "timer: in the past": running("early", -5),
  "timer: no date": running("timer-at", "no date"),
  "timer: year 10000": running("timer-at", Date.UTC(10_000, 0, 1)),
  "timer: year -1": running("timer-at", Date.UTC(-1, 0, 1)),
  "deadline: activity is retried, another call": running("deadline", "activity"),
  "deadline: child is retried, another call": running("deadline", "child"),
  "deadline: activity is retried, nothing else": running("deadline", "at the end"),
  "when-all: next call after a failure": running("all"),
  "retries: used up": retries(100, 3),
  "retries: first 9e15": retries(9e15, 2),
  "retries: first 0.5": retries(0.5, 3),
  "retries: first 1.5": retries(1.5, 3),
  "retries: first 2.5": retries(2.5, 3),
  "retries: first 0": retries(0, 3),
  "retries: first 2^31": retries(2 ** 31, 3),
  "retries: first 1e20": retries(1e20, 3),
  "retries: first 1e300": retries(1e300, 3),
  "retries: attempts 1e10": retries(1, 1e10),
  "retries: attempts infinite": retries(1, "Infinity"),
  "retries: coefficient 0": retries(100, 3, { backoffCoefficient: 0.001 }),
  "retries: coefficient null": retries(100, 3, { backoffCoefficient: null }),
  "retries: longest 2^31": retries(1, 3, { maxRetryIntervalInMilliseconds: 2 ** 31 }),
  "retries: time-out 2^31": retries(1, 3, { retryTimeoutInMilliseconds: 2 ** 31 }),
  "custom status of 16 KB": running("status-of-size", 8_000),
  "custom status of 17 KB": running("status-of-size", 9_000),
  "non-determinism: another name": running("undecided"),
  "non-determinism: nothing": running("shrinks"),
  "throws a text at once": running("throws-text", "at once"),
  "throws a text later": running("throws-text", "later"),
  "throws an error": running("fails"),
  "calls an unknown activity": async (engine) => {
    const id = await engine.start("calls-nobody");
    const ended = ({ runtimeStatus }: Status): boolean => runtimeStatus === "Failed";
    return (await engine.until(id, ended, 5)) === undefined ? "waits" : "fails";
  },
  "two waiters": (engine) => answered(engine, "two-waiters"),
  "event with other case": async (engine) => {
    const id = await waiting(engine, "waits");
    await engine.raise(id, "GO", 1);
    await engine.raise(id, "go", 2);
    return engine.end(id);
  },
  "continue as new: events of a burst": async (engine) => {
    const id = await engine.start("counter", { total: 0, left: 3 });
    for (const value of [1, 20, 300]) await engine.raise(id, "add", value);
    return engine.end(id);
  },
  "continue as new: with a text": running("continues-with", { first: "text" }),
  "continue as new: with an object": running("continues-with", { first: { a: 1 } }),
  "child: terminated": async (engine) => {
    const id = await engine.start("parent");
    await engine.until(`${id}-child`, isWaiting);
    await engine.request("POST", `instances/${id}-child/terminate?reason=enough`);
    return engine.end(id);
  },
  "terminated: purge before and after": async (engine) => {
    const id = await waiting(engine, "waits");
    const before = await engine.request("DELETE", `instances/${id}`);
    await engine.request("POST", `instances/${id}/terminate?reason=enough`);
    const ended = await engine.end(id);
    return [before, ended, await engine.request("DELETE", `instances/${id}`)];
  },
};

/** One after the other, when nothing else runs: they delete what was created meanwhile. */
export const lastScenarios: Readonly<Record<string, Scenario>> = Object.fromEntries(
  ["", "Running", "Nonsense", "Failed", "Completed,Running"].map((statuses) => [
    `purge by filter: ${statuses === "" ? "no status" : statuses}`,
    async (engine: Management) => {
      await delay(1_200);
      const from = new Date().toISOString();
      const ended = await engine.start("sequence", []);
      await engine.end(ended);
      const ids = [ended, await waiting(engine, "waits")];
      const query = `createdTimeFrom=${from}${statuses === "" ? "" : `&runtimeStatus=${statuses}`}`;
      const purged = await engine.request("DELETE", `instances?${query}`);
      const left = ids.map(async (id) => (await engine.request("GET", `instances/${id}`)).status);
      return [purged, await Promise.all(left)];
    },
  ]),
);
