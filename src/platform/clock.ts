/** The only source of time in src/: milliseconds since the epoch, and waiting. */
export type Clock = {
  now(): number;
  sleep(ms: number): Promise<void>;
};

/**
 * Where a place that has a time of its own puts it, as a function like `Date.now`, before it loads the app: everything
 * the app dates and compares then belongs to one time with the services around it. Azure has none but the machine's.
 */
export const timeOfPlace: unique symbol = Symbol.for("saldo.time");

type Place = { readonly [timeOfPlace]?: () => number };

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What time it is. */
export const systemClock: Clock = { now: (globalThis as Place)[timeOfPlace] ?? Date.now, sleep };

/**
 * To measure how long something takes: it only ever runs on, however the time is set meanwhile. A client that wants
 * to wait for ten seconds means ten of its own.
 */
export const steadyClock: Clock = { now: () => performance.timeOrigin + performance.now(), sleep };
