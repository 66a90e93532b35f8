import { setTimeout as delay } from "node:timers/promises";
import type { Flows } from "./flow.ts";
import { signalName } from "./project.ts";
import { inSeconds, type Stage } from "./transfers.ts";

const hourMs = 3_600_000;
const stormSize = 24;

/** One after the other, when nothing else runs: they load the engine, or purge what others have created. */
export const lastFlows: Flows = {
  "purging what failed or was terminated, and nothing that runs or is needed": {
    version: "v2",
    run: async ({ transfer, forget, engine: { management } }) => {
      const [runs, failed, needed] = [transfer(), transfer(), transfer()];
      const [terminated, neededToo] = [transfer(), transfer()];
      const created = [runs, failed, needed, terminated, neededToo];
      const details = { expiresAt: inSeconds(600) };
      for (const one of created) {
        await one.set(1, "waiting", details);
        await one.deliver("waiting", 1, details);
        await one.untilActs("look");
        await one.settleDown();
      }
      for (const { id } of [failed, needed]) await management.raise(id, signalName, "no signal");
      for (const { id } of [terminated, neededToo])
        await management.request("POST", `instances/${id}/terminate?reason=enough`);
      for (const one of [failed, needed]) await one.untilStatus("Failed");
      for (const one of [terminated, neededToo]) await one.untilStatus("Terminated");
      const statuses = (): Promise<readonly string[]> =>
        Promise.all(created.map((one) => one.status()));
      const before = await statuses();
      const early = await forget(Date.now() - hourMs, [needed.id, neededToo.id]);
      const purged = await forget(Date.now() + hourMs, [needed.id, neededToo.id]);
      const between = await statuses();
      const rest = await forget(Date.now() + hourMs);
      const after = await statuses();
      await runs.set(2, "ended");
      await runs.deliver("cancelled", 2);
      const { runtimeStatus } = await runs.outcome();
      return { before, early, purgedBoth: purged >= 2, between, rest, after, runtimeStatus };
    },
    expected: () => ({
      before: ["running", "broken", "broken", "broken", "broken"],
      early: 0,
      purgedBoth: true,
      between: ["running", "absent", "broken", "absent", "broken"],
      rest: 2,
      after: ["running", "absent", "absent", "absent", "absent"],
      runtimeStatus: "Completed",
    }),
  },
  [`a storm of ${stormSize}, with events around their time, repeated and late`]: {
    run: async (stage) => {
      const all = Array.from({ length: stormSize }, (_, index) => inAStorm(stage, index));
      return countsOf(await Promise.all(all));
    },
    expected: () => ({ "Completed: ended": stormSize }),
  },
  "purging what is completed": {
    version: "v2",
    run: async ({ transfer: create, forget }) => {
      const transfer = create();
      await transfer.set(1, "ended");
      await transfer.start();
      await transfer.outcome();
      const before = await forget(Date.now() - hourMs);
      const all = await forget(Date.now() + hourMs);
      return [before, all > 0, await forget(Date.now() + hourMs), await transfer.status()];
    },
    expected: () => [0, true, 0, "absent"],
  },
};

const between = (low: number, high: number): number => low + Math.random() * (high - low);

const times = (count: number, run: () => Promise<void>): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, run));

/** Every second transfer waits, the others are scheduled; some activities are slow, some fail once. Gives how it ended. */
async function inAStorm(stage: Stage, index: number): Promise<string> {
  const transfer = stage.transfer();
  const dueMs = Date.now() + between(1_500, 4_000);
  const due = new Date(dueMs).toISOString();
  const details = { expiresAt: due, scheduledFor: due };
  const [first, next] =
    index % 2 === 0 ? (["waiting", "approved"] as const) : (["scheduled", "started"] as const);
  const slow = index % 5 === 0 ? { issueMs: 900 } : {};
  const failing = index % 7 === 0 ? { failingLooks: 1 } : {};
  const deliverFirst = (): Promise<void> => transfer.deliver(first, 1, details);
  await delay(between(0, 1_500));
  await transfer.set(1, first, { ...details, ...slow, ...failing });
  await times(1 + (index % 3), deliverFirst);
  await delay(Math.max(0, dueMs - Date.now() - between(-300, 1_100)));
  await transfer.set(2, next);
  await Promise.all([
    times(index % 4 === 0 ? 2 : 1, () => transfer.deliver(next, 2)),
    times(index % 3 === 0 ? 1 : 0, deliverFirst),
  ]);
  await delay(between(100, 2_500));
  await transfer.set(3, "ended");
  await times(1 + (index % 2), () => transfer.deliver("settled", 3));
  const { runtimeStatus, stage: last } = await transfer.outcome();
  return `${runtimeStatus}: ${last ?? "unknown"}`;
}

function countsOf(texts: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
