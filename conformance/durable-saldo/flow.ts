import type { Outcome, Stage, TestTransfer, Version } from "./transfers.ts";

/** What happens to transfers, and what has to come of it on either engine. */
export type Flow = {
  /** Of the process; both without. */
  readonly version?: Version;
  run(stage: Stage): Promise<unknown>;
  expected(version: Version): unknown;
};

export type Flows = Readonly<Record<string, Flow>>;

/** The commands of the process, as the app notes them. */
export const issued = {
  start: "StartTransfer ID.start",
  expire: "ExpireTransfer ID.expire",
  credit: "ReceiveCredits ID.credit 12345600",
};

/** An instance that has seen its transfer end. */
export const completed = (...acts: readonly string[]): Outcome => ({
  runtimeStatus: "Completed",
  stage: "ended",
  acts,
});

type TimedOutcome = Outcome & { readonly fired?: number };

/**
 * The outcome, with the number of timers that fired. Not of version 1: it creates another timer whenever one
 * fires early, and long ones are made of many.
 */
export async function outcomeWithTimers(
  { version }: Stage,
  transfer: TestTransfer,
): Promise<TimedOutcome> {
  const outcome = await transfer.outcome();
  return version === "v1" ? outcome : { ...outcome, fired: await transfer.firedTimers() };
}

/** What is expected of `outcomeWithTimers`. */
export const completedWithTimers =
  (fired: number, ...acts: readonly string[]) =>
  (version: Version): TimedOutcome =>
    version === "v1" ? completed(...acts) : { ...completed(...acts), fired };

/** Leaves out repetitions: how often a start that meets others takes effect is left to chance. */
export const withoutRepetitions = (outcome: Outcome): Outcome => ({
  ...outcome,
  acts: [...new Set(outcome.acts)],
});
