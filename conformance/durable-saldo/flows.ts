import {
  completed,
  completedWithTimers,
  type Flow,
  type Flows,
  issued,
  outcomeWithTimers,
  withoutRepetitions,
} from "./flow.ts";
import { inSeconds } from "./transfers.ts";

/** The transfer's approval expires in three seconds; issuing a command takes so long. */
const expiry = (issueMs: number): Flow => ({
  run: async (stage) => {
    const [transfer, details] = [stage.transfer(), { expiresAt: inSeconds(3) }];
    await transfer.set(1, "waiting", { ...details, issueMs });
    await transfer.deliver("waiting", 1, details);
    await transfer.untilActs("ExpireTransfer");
    await transfer.set(2, "ended");
    await transfer.deliver("expired", 2);
    return outcomeWithTimers(stage, transfer);
  },
  expected: completedWithTimers(1, "look: waiting", issued.expire),
});

/** Flows that take seconds. They may run at the same time as others. */
export const flows: Flows = {
  "scheduled, started at its time": {
    run: async (stage) => {
      const [transfer, details] = [stage.transfer(), { scheduledFor: inSeconds(4) }];
      await transfer.set(1, "scheduled", details);
      await transfer.deliver("scheduled", 1, details);
      await transfer.untilActs("StartTransfer");
      await transfer.set(2, "started");
      await transfer.deliver("started", 2);
      await transfer.settleDown();
      await transfer.set(3, "ended");
      await transfer.deliver("settled", 3);
      return outcomeWithTimers(stage, transfer);
    },
    expected: completedWithTimers(1, "look: scheduled", issued.start),
  },
  "waiting, approved": {
    run: async (stage) => {
      const [transfer, details] = [stage.transfer(), { expiresAt: inSeconds(60) }];
      await transfer.set(1, "waiting", details);
      await transfer.deliver("waiting", 1, details);
      await transfer.untilActs("look");
      await transfer.settleDown();
      await transfer.set(2, "approved");
      await transfer.deliver("approved", 2);
      await transfer.untilActs("ReceiveCredits");
      await transfer.set(3, "ended");
      await transfer.deliver("settled", 3);
      return outcomeWithTimers(stage, transfer);
    },
    expected: completedWithTimers(0, "look: waiting", issued.credit),
  },
  "waiting, expired": expiry(0),
  "waiting, expired, event while a command is issued": expiry(2_500),
  "every event delivered several times": {
    run: async (stage) => {
      const [transfer, details] = [stage.transfer(), { expiresAt: inSeconds(60) }];
      const waiting = (): Promise<void> => transfer.deliver("waiting", 1, details);
      await transfer.set(1, "waiting", details);
      await Promise.all(Array.from({ length: 5 }, waiting));
      await transfer.untilActs("look");
      await transfer.settleDown();
      const { runtimeStatus: between } = await transfer.untilStatus("Running");
      await transfer.set(2, "approved");
      const approved = (): Promise<void> => transfer.deliver("approved", 2);
      await Promise.all([approved(), approved(), waiting()]);
      await transfer.untilActs("ReceiveCredits");
      await transfer.set(3, "ended");
      await Promise.all([transfer.deliver("settled", 3), transfer.deliver("settled", 3)]);
      return [between, withoutRepetitions(await transfer.outcome())];
    },
    expected: () => ["Running", completed("look: waiting", issued.credit)],
  },
  "late events only, then another after the end": {
    run: async ({ transfer: create }) => {
      const transfer = create();
      await transfer.set(3, "ended");
      await transfer.deliver("approved", 2);
      await transfer.outcome();
      await transfer.deliver("waiting", 1, { expiresAt: inSeconds(60) });
      await transfer.untilActs("look", 2);
      await transfer.outcome();
      await transfer.deliver("settled", 3);
      const first = await transfer.outcome();
      await transfer.deliver("approved", 2);
      await transfer.untilActs("look", 3);
      return [first, await transfer.outcome()];
    },
    expected: () => [
      completed("look: ended", "look: ended"),
      completed("look: ended", "look: ended", "look: ended"),
    ],
  },
  "event before the first wait": {
    run: async (stage) => {
      const [transfer, details] = [stage.transfer(), { expiresAt: inSeconds(60) }];
      await transfer.set(1, "waiting", { ...details, lookMs: 1_500 });
      await transfer.deliver("waiting", 1, details);
      await transfer.untilActs("look");
      await transfer.set(2, "approved");
      await transfer.deliver("approved", 2);
      await transfer.untilActs("ReceiveCredits");
      await transfer.set(3, "ended");
      await transfer.deliver("settled", 3);
      return outcomeWithTimers(stage, transfer);
    },
    expected: completedWithTimers(0, "look: waiting", issued.credit),
  },
  "look fails three times": {
    run: async (stage) => {
      const [transfer, details] = [stage.transfer(), { expiresAt: inSeconds(60) }];
      await transfer.set(1, "waiting", { ...details, failingLooks: 3 });
      await transfer.deliver("waiting", 1, details);
      await transfer.untilActs("look", 4);
      await transfer.settleDown();
      await transfer.deliver("cancelled", 2);
      return outcomeWithTimers(stage, transfer);
    },
    expected: completedWithTimers(3, ...Array.from({ length: 4 }, () => "look: waiting")),
  },
  "event while the look is retried": {
    run: async (stage) => {
      const [transfer, details] = [stage.transfer(), { expiresAt: inSeconds(60) }];
      await transfer.set(1, "waiting", { ...details, failingLooks: 2 });
      await transfer.deliver("waiting", 1, details);
      await transfer.untilActs("look");
      await transfer.deliver("approved", 2);
      await transfer.deliver("approved", 2);
      await transfer.untilActs("ReceiveCredits");
      await transfer.deliver("settled", 3);
      return outcomeWithTimers(stage, transfer);
    },
    expected: completedWithTimers(
      2,
      ...Array.from({ length: 3 }, () => "look: waiting"),
      issued.credit,
    ),
  },
  "signal to look": {
    run: async (stage) => {
      const [transfer, details] = [stage.transfer(), { expiresAt: inSeconds(60) }];
      await transfer.set(1, "waiting", details);
      await transfer.deliver("waiting", 1, details);
      await transfer.untilActs("look");
      await transfer.settleDown();
      await transfer.signal();
      await transfer.untilActs("look", 2);
      await transfer.settleDown();
      await transfer.set(2, "ended");
      await transfer.signal();
      return outcomeWithTimers(stage, transfer);
    },
    expected: completedWithTimers(0, "look: waiting", "look: waiting", "look: ended"),
  },
  "what the client answers": {
    run: async ({ transfer: create }) => {
      const transfer = create();
      const absent = [await transfer.status(), await transfer.signal()];
      await transfer.set(1, "waiting", { expiresAt: inSeconds(60) });
      const started = [await transfer.start(), await transfer.start()];
      const twice = await Promise.all([transfer.start(), transfer.start()]);
      await transfer.untilActs("look");
      await transfer.settleDown();
      const running = await transfer.status();
      await transfer.set(2, "ended");
      await transfer.signal();
      const first = await transfer.outcome();
      const ended = [await transfer.status(), await transfer.signal(), await transfer.start()];
      await transfer.untilActs("look", 3);
      return { absent, started, twice, running, first, ended, last: await transfer.outcome() };
    },
    expected: () => ({
      absent: ["absent", null],
      started: [true, false],
      twice: [false, false],
      running: "running",
      first: completed("look: waiting", "look: ended"),
      ended: ["completed", null, true],
      last: completed("look: waiting", "look: ended", "look: ended"),
    }),
  },
  "started four times at once": {
    run: async ({ transfer: create }) => {
      const transfer = create();
      await transfer.set(1, "waiting", { expiresAt: inSeconds(60) });
      await Promise.all(Array.from({ length: 4 }, () => transfer.start()));
      await Promise.all([transfer.signal(), transfer.deliver("approved", 2)]);
      await transfer.untilActs("ReceiveCredits");
      await transfer.set(3, "ended");
      await transfer.deliver("settled", 3);
      return withoutRepetitions(await transfer.outcome());
    },
    expected: () => completed("look: waiting", issued.credit),
  },
};
