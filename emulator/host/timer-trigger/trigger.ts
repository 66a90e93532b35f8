import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { flagOption, textOption, type HostFunction } from "../functions.ts";
import { parseJsonObject, stringAt } from "../../shared/json.ts";
import { describeError } from "../log.ts";
import { invokeWithRetries } from "../retry.ts";
import type { HostServices, Listener, TriggerKind } from "../trigger-kind.ts";
import type { TypedData } from "../typed-data.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";

/** Functions called on a schedule, one call at a time. */
export function createTimerTrigger(services: HostServices): TriggerKind {
  return {
    listen: (target) => startTimer(services, target),
    manualData: () => timerData({ last: undefined, next: undefined }, false),
  };
}

type Status = { readonly last: Date | undefined; readonly next: Date | undefined };

/** A schedule at least this apart is remembered over restarts, as in Azure. */
const monitoredIntervalMs = 60_000;

function startTimer(services: HostServices, target: HostFunction): Listener {
  const { clock, logger } = services;
  const expression = textOption(target.trigger, "schedule");
  if (expression === undefined) throw new Error('The timer trigger needs "schedule".');
  const schedule = parseSchedule(expression);
  const monitor = createMonitor(services, target, schedule);
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const nextAfter = (ms: number): Date | undefined => {
    const next = schedule.next(ms);
    return next === undefined ? undefined : new Date(next);
  };

  const fire = async (status: Status, isPastDue: boolean): Promise<Status> => {
    const firedAt = new Date(clock.now());
    const data = timerData(status, isPastDue);
    await invokeWithRetries(target, { data }, { ...services, stopping: stopping.signal });
    const updated = { last: firedAt, next: nextAfter(clock.now()) };
    monitor.write(updated);
    return updated;
  };

  const stored = monitor.read();
  const run = async (): Promise<void> => {
    let status: Status = stored ?? { last: undefined, next: nextAfter(clock.now()) };
    // What the file says comes next may be of an earlier schedule: count from the last run.
    const due = stored?.last === undefined ? stored?.next : nextAfter(stored.last.getTime());
    const isPastDue = due !== undefined && due.getTime() < clock.now();
    if (stored === undefined) monitor.write(status);
    if (isPastDue || flagOption(target.trigger, "runOnStartup")) {
      const why = isPastDue ? "is past due" : "runs on startup";
      logger.write("information", "Host.Triggers.Timer", `Function '${target.name}' ${why}.`);
      status = await fire(status, isPastDue);
    }
    while (!isStopping()) {
      const next = nextAfter(clock.now());
      if (next === undefined) return;
      status = { ...status, next };
      // A sleep may be shorter than asked for: a timer of Node holds 24 days at most.
      while (!isStopping() && clock.now() < next.getTime()) {
        await clock.sleep(next.getTime() - clock.now(), stopping.signal);
      }
      if (!isStopping()) status = await fire(status, false);
    }
  };

  const ended = run().catch((error: unknown) => {
    const message = `Timer '${target.name}' has ended: ${describeError(error)}`;
    logger.write("critical", "Host.Triggers.Timer", message);
  });
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

function timerData({ last, next }: Status, isPastDue: boolean): TypedData {
  const text = (date: Date | undefined): string => (date ?? new Date(0)).toISOString();
  const timer = {
    Schedule: { AdjustForDST: false },
    ScheduleStatus: { Last: text(last), Next: text(next), LastUpdated: text(last) },
    IsPastDue: isPastDue,
  };
  return { json: JSON.stringify(timer) };
}

type Monitor = { read(): Status | undefined; write(status: Status): void };

/** Keeps the status in `<state directory>/timers/<function>.json`, as Azure does in a blob. */
function createMonitor(
  { stateDirectory, clock }: HostServices,
  { name, trigger }: HostFunction,
  schedule: Schedule,
): Monitor {
  const first = schedule.next(clock.now()) ?? 0;
  const intervalMs = (schedule.next(first) ?? Number.POSITIVE_INFINITY) - first;
  const isWanted = trigger["useMonitor"] !== false && intervalMs >= monitoredIntervalMs;
  if (stateDirectory === undefined || !isWanted) {
    return { read: () => undefined, write: () => undefined };
  }
  const path = join(stateDirectory, "timers", `${name}.json`);
  return {
    read: () => readStatus(path),
    write: ({ last, next }) => {
      mkdirSync(dirname(path), { recursive: true });
      const text = JSON.stringify({ Last: last, Next: next, LastUpdated: new Date(clock.now()) });
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    },
  };
}

function readStatus(path: string): Status | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const status = parseJsonObject(text, path);
  const date = (key: string): Date | undefined => {
    const value = stringAt(status, key);
    return value === undefined ? undefined : new Date(value);
  };
  return { last: date("Last"), next: date("Next") };
}
