import type { Sources } from "../azure/sources.ts";
import { attempt, valueOr, type Read } from "../azure/source.ts";
import type { Usage } from "../azure/control-door.ts";
import type { Subscription } from "../azure/event-grid.ts";
import { commitsIn } from "../saldo/commits.ts";
import { decidedIn, type CommitDocument } from "../saldo/documents.ts";
import type { StoredDocument } from "../azure/documents.ts";
import { lanesIn } from "../saldo/lanes.ts";
import { feedGauge, type Lease } from "./feed-gauge.ts";
import type { Metrics, Observations } from "./observations.ts";
import { createRate, createSpread } from "./rates.ts";

export type Observer = {
  /** Calls back after every look, and at once if there has been one; gives the call that ends it. */
  watch(listener: (seen: Observations) => void): () => void;
  close(): Promise<void>;
};

const betweenLooksMs = 1_000;

/** Looks at everything once a second, but only while somebody watches. */
export const createObserver = (sources: Sources, now: () => number): Observer => {
  const listeners = new Set<(seen: Observations) => void>();
  let look: (() => Promise<Observations>) | undefined;
  let latest: Observations | undefined;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;

  const lookAgain = async (): Promise<void> => {
    look ??= lookAt(sources, now);
    latest = await look();
    for (const listener of [...listeners]) listener(latest);
  };

  const go = (): void => {
    timer = undefined;
    if (underWay !== undefined) return;
    if (listeners.size === 0) {
      // Who comes next shall not see old rates as new ones.
      [look, latest] = [undefined, undefined];
      return;
    }
    underWay = lookAgain().finally(() => {
      underWay = undefined;
      timer ??= setTimeout(go, betweenLooksMs);
    });
  };

  return {
    watch: (listener) => {
      listeners.add(listener);
      if (latest !== undefined) listener(latest);
      else if (timer === undefined) go();
      return () => listeners.delete(listener);
    },
    close: async () => {
      listeners.clear();
      await underWay;
      clearTimeout(timer);
    },
  };
};

/** What is remembered from one look to the next. */
const lookAt = (sources: Sources, now: () => number): (() => Promise<Observations>) => {
  const { documents, operators, eventGrid, controlDoor } = sources;
  const accepted = { container: "commands", field: "acceptedAt" };
  const committed = { container: "events", field: "at" };
  const projected = { container: "accounts", field: "updatedAt" };
  const commandsFeed = feedGauge<StoredDocument>(documents, accepted, committed);
  const eventsFeed = feedGauge<StoredDocument>(documents, committed, projected);
  const startedMs = now();
  const commands = createRate(startedMs);
  const commits = createRate(startedMs);
  const outcomes = outcomeCounter(startedMs);
  const deliveries = growth<Map<string, number>>();
  const units = growth<number>();
  const writes = growth<number>();
  const processes = seldom(() => attempt(operators.processes()), 10);
  const metrics = seldom(() => attempt(metricsOf(sources)), 5);

  return async () => {
    const atMs = now();
    const leaseQuery = documents.query<Lease>("leases", { text: "SELECT * FROM c" });
    const [leases, lanes, subscriptions, weather, usage] = await Promise.all([
      attempt(leaseQuery),
      attempt(lanesIn(documents)),
      attempt(eventGrid.subscriptions()),
      attempt(controlDoor.weather()),
      attempt(controlDoor.usage()),
    ]);
    const known = valueOr(leases, []);
    const written = valueOr(mapRead(usage, writesIn), 0);
    const newCommands = await commandsFeed.look(known, atMs);
    const newCommits = await eventsFeed.look(known, atMs);
    commands.add(newCommands.length, atMs);
    commits.add(newCommits.length, atMs);
    for (const commit of commitsIn(newCommits)) outcomes.add(commit, atMs);
    const traffic = (rate: ReturnType<typeof createRate>) => ({
      perSecond: rate.perSecond(atMs),
      history: rate.history(atMs),
    });
    return {
      atMs,
      commands: { ...commandsFeed.state(), ...traffic(commands) },
      events: { ...eventsFeed.state(), ...traffic(commits) },
      outcomes: outcomes.read(atMs),
      leases: leases.isRead ? { isRead: true, value: known.length } : leases,
      lanes,
      processes: await processes(),
      subscriptions,
      deliveriesPerSecond: perSecondOf(deliveries(deliveredBy(subscriptions), atMs)),
      weather,
      usage,
      requestUnitsPerSecond: perSecondIn(units(valueOr(mapRead(usage, unitsIn), 0), atMs)),
      writes: { count: written, perSecond: perSecondIn(writes(written, atMs)) },
      metrics: await metrics(),
    };
  };
};

const outcomeCounter = (startedMs: number) => {
  const accepted = createRate(startedMs);
  const rejected = createRate(startedMs);
  const reactions = createRate(startedMs);
  const latencies = createSpread();
  let together: number | undefined;
  return {
    add: (commit: CommitDocument, atMs: number): void => {
      const size = commit.outcomes.length;
      together = together === undefined ? size : together + (size - together) / 20;
      for (const { outcome } of decidedIn(commit)) {
        (outcome.status === "accepted" ? accepted : rejected).add(1, atMs);
        if (outcome.commandId !== outcome.correlationId) reactions.add(1, atMs);
        latencies.add(Date.parse(commit.at) - Date.parse(outcome.acceptedAt));
      }
    },
    read: (atMs: number): Observations["outcomes"] => ({
      acceptedPerSecond: accepted.perSecond(atMs),
      rejectedPerSecond: rejected.perSecond(atMs),
      reactionsPerSecond: reactions.perSecond(atMs),
      meanTogether: together,
      medianMs: latencies.quantile(0.5),
      slowMs: latencies.quantile(0.95),
      history: accepted.history(atMs),
    }),
  };
};

type Grown<Value> = { readonly before: Value; readonly after: Value; readonly seconds: number };

const meanMs = 10_000;

/** This value and the one of some ten seconds ago, with the time between them; undefined at the first. */
const growth = <Value>(): ((value: Value, atMs: number) => Grown<Value> | undefined) => {
  const kept: { readonly value: Value; readonly atMs: number }[] = [];
  return (after, atMs) => {
    while ((kept[1]?.atMs ?? atMs) <= atMs - meanMs) kept.shift();
    kept.push({ value: after, atMs });
    const [oldest] = kept;
    if (oldest === undefined || oldest.atMs === atMs) return undefined;
    return { before: oldest.value, after, seconds: (atMs - oldest.atMs) / 1_000 };
  };
};

const deliveredBy = (read: Read<readonly Subscription[]>): Map<string, number> =>
  new Map(valueOr(read, []).map(({ name, counts }) => [name, counts.delivered]));

const perSecondOf = (
  grown: Grown<Map<string, number>> | undefined,
): ReadonlyMap<string, number> => {
  if (grown === undefined) return new Map();
  const { before, after, seconds } = grown;
  return new Map(
    [...after].map(([name, count]) => [
      name,
      Math.max(0, count - (before.get(name) ?? 0)) / seconds,
    ]),
  );
};

const perSecondIn = (grown: Grown<number> | undefined): number | undefined =>
  grown === undefined ? undefined : Math.max(0, grown.after - grown.before) / grown.seconds;

const writesIn = ({ commands }: Usage): number =>
  (commands?.["create"]?.requests ?? 0) + (commands?.["bulk"]?.requests ?? 0);

const unitsIn = (usage: Usage): number =>
  Object.values(usage)
    .flatMap((kinds) => Object.values(kinds))
    .reduce((sum, { requestUnits }) => sum + requestUnits, 0);

const mapRead = <From, To>(read: Read<From>, change: (value: From) => To): Read<To> =>
  read.isRead ? { isRead: true, value: change(read.value) } : read;

/** Asks only at every so many looks, and gives the same meanwhile. */
const seldom = <Value>(ask: () => Promise<Value>, every: number): (() => Promise<Value>) => {
  let asked = 0;
  let latest: Promise<Value> | undefined;
  return () => {
    if (latest === undefined || asked % every === 0) latest = ask();
    asked += 1;
    return latest;
  };
};

const metricsOf = async ({ telemetry }: Sources): Promise<Metrics> => {
  const [lagMs, stageMs, moneyConserved] = await Promise.all([
    telemetry.latest("saldo.feed.lag_ms", withinMs),
    telemetry.latest("saldo.stage.duration_ms", withinMs),
    telemetry.latest("saldo.money.conserved", 10 * withinMs),
  ]);
  return { lagMs, stageMs, moneyConserved };
};

const withinMs = 120_000;
