import { setTimeout as delay } from "node:timers/promises";
import {
  completed,
  completedWithTimers,
  type Flow,
  type Flows,
  issued,
  outcomeWithTimers,
  withoutRepetitions,
} from "./flow.ts";
import {
  inSeconds,
  type Outcome,
  type Stage,
  type TestTransfer,
  type Version,
} from "./transfers.ts";

/** More than the longest timer of host.json: a timer of version 1 is made of pieces, version 2 looks again on the way. */
const farAhead = 75;
const fartherAhead = 150;

async function schedule({ transfer: create }: Stage, seconds: number) {
  const [transfer, details] = [create(), { scheduledFor: inSeconds(seconds) }];
  const repeat = (): Promise<void> => transfer.deliver("scheduled", 1, details);
  await transfer.set(1, "scheduled", details);
  await repeat();
  return { transfer, repeat };
}

async function cancel(transfer: TestTransfer): Promise<void> {
  await transfer.set(2, "ended");
  await transfer.deliver("cancelled", 2);
}

async function startAndSettle(transfer: TestTransfer): Promise<void> {
  await transfer.untilActs("StartTransfer", 1, fartherAhead + 60);
  await transfer.set(2, "started");
  await transfer.deliver("started", 2);
  await transfer.set(3, "ended");
  await transfer.deliver("settled", 3);
}

const looks = (count: number): readonly string[] =>
  Array.from({ length: count }, () => "look: scheduled");

/** What Azure does to a wait of version 1 that is cancelled after a piece of its timer has fired (docs/adr/0010-processes.md). */
const failed = (...acts: readonly string[]): Outcome => ({
  runtimeStatus: "Failed",
  stage: null,
  acts,
});

const cancelledAfter = (seconds: number, expected: (version: Version) => unknown): Flow => ({
  run: async (stage) => {
    const { transfer } = await schedule(stage, farAhead);
    await delay(seconds * 1_000);
    await cancel(transfer);
    return outcomeWithTimers(stage, transfer);
  },
  expected,
});

/** The event that started the process comes twice more. Each time another timer is created; the cancelled ones fire as well. */
const repeated = (
  secondsUntil: number,
  finish: (transfer: TestTransfer) => Promise<void>,
  expected: (version: Version) => unknown,
): Flow => ({
  version: "v2",
  run: async (stage) => {
    const { transfer, repeat } = await schedule(stage, fartherAhead);
    await delay(secondsUntil * 1_000);
    await repeat();
    await delay(1_000);
    await repeat();
    await finish(transfer);
    const { fired } = await outcomeWithTimers(stage, transfer);
    return { ...withoutRepetitions(await transfer.outcome()), fired };
  },
  expected,
});

/** Cancels the transfer when the instance waits after so many looks. */
const cancelAfterLooks =
  (count: number) =>
  async (transfer: TestTransfer): Promise<void> => {
    await transfer.untilActs("look", count, fartherAhead);
    await transfer.settleDown();
    await cancel(transfer);
  };

/** Flows of a minute and more. They may run at the same time as others. */
export const longFlows: Flows = {
  "far ahead, cancelled after 1 s": cancelledAfter(1, completedWithTimers(0, ...looks(1))),
  "far ahead, cancelled after 25 s": cancelledAfter(25, (version) =>
    version === "v1" ? failed(...looks(1)) : completedWithTimers(0, ...looks(1))(version),
  ),
  "far ahead, cancelled after 50 s": cancelledAfter(50, (version) =>
    version === "v1" ? failed(...looks(1)) : completedWithTimers(1, ...looks(2))(version),
  ),
  "far ahead, started at its time": {
    run: async (stage) => {
      const { transfer } = await schedule(stage, farAhead);
      await startAndSettle(transfer);
      return outcomeWithTimers(stage, transfer);
    },
    expected: (version) =>
      completedWithTimers(2, ...looks(version === "v1" ? 1 : 2), issued.start)(version),
  },
  "far ahead, event repeated on the way": {
    run: async (stage) => {
      const { transfer, repeat } = await schedule(stage, farAhead);
      await delay(25_000);
      await repeat();
      await delay(2_000);
      const between = await transfer.status();
      await transfer.set(2, "ended");
      const started = await transfer.start();
      await transfer.deliver("cancelled", 2);
      return { between, started, outcome: await transfer.outcome() };
    },
    expected: (version) =>
      version === "v1"
        ? { between: "running", started: false, outcome: failed(...looks(1)) }
        : { between: "running", started: false, outcome: completed(...looks(1)) },
  },
  "beyond the longest wait, event repeated early": repeated(
    5,
    cancelAfterLooks(3),
    completedWithTimers(4, ...looks(1)),
  ),
  "beyond the longest wait, event repeated late": repeated(
    35,
    cancelAfterLooks(2),
    completedWithTimers(3, ...looks(1)),
  ),
  "beyond the longest wait, event repeated, started at its time": repeated(
    15,
    startAndSettle,
    completedWithTimers(6, ...looks(1), issued.start),
  ),
};
