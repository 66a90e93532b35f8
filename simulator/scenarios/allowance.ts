import { setTimeout as pause } from "node:timers/promises";
import { anyCourse, approvedCourse, type Course } from "../approvers/courses.ts";
import { isBefore } from "../instants.ts";
import type { Random } from "../random.ts";
import { newActor, type Actor } from "../world/actor.ts";
import { awaitEnding } from "../world/endings.ts";
import { plainly, type Duplicate, type Ending, type SendCredits } from "../world/intentions.ts";
import { newPerson } from "../world/people.ts";
import { together, type World } from "../world/world.ts";
import { cancellation, endingsOf } from "./large-transfers.ts";

/** A parent, a child, a parent without money, and an aunt who has closed her account. */
const FAMILY_SIZE = 4;
/** A family waits for its transfers to end before it schedules more than these. */
const MOST_SCHEDULED = 8;

/**
 * Parents schedule pocket money for an instant soon to come. Some take it back before, or at that
 * very instant; some of it is large, and waits for approval when its instant has come; some cannot
 * be paid then. Before each, the parent loads what it takes: so its ending is known.
 */
export const playAllowance = async (world: World): Promise<void> => {
  const families = Math.max(1, Math.floor(world.accounts / FAMILY_SIZE));
  const clients = Math.min(world.clients, families);
  world.startClock();
  await together(
    world,
    Array.from({ length: clients }, async (_, client) => {
      const actor = newActor(world);
      const all: Family[] = [];
      for (let index = client; index < families; index += clients) {
        const family = actor.mayGoOn() ? await gather(world, actor, index) : undefined;
        if (family !== undefined) all.push(family);
      }
      while (all.length > 0 && actor.mayGoOn()) {
        for (const family of all) if (actor.mayGoOn()) await anyStep(family);
      }
      await Promise.all(all.map(untilAllHaveEnded));
    }),
  );
  await world.desk?.finished();
};

type Family = {
  world: World;
  actor: Actor;
  random: Random;
  keys: Random;
  parent: string;
  child: string;
  /** Never has anything. */
  broke: string;
  closed: string;
  /** Transfers that may still be under way. */
  underWay: string[];
};

const gather = async (world: World, actor: Actor, index: number): Promise<Family | undefined> => {
  const random = world.random.split(`family ${index}`);
  const keys = world.keys.split(`family ${index}`);
  const ids: string[] = [];
  for (const role of ["parent", "child", "broke", "aunt"]) {
    const person = newPerson(random, `${role}.${index}`, world.runId);
    const opening = { ...plainly(keys), kind: "open", ...person, currency: "EUR" } as const;
    const outcome = await actor.perform(opening);
    // An account that could not be opened is reported already.
    if (outcome.kind !== "accepted") return undefined;
    ids.push(outcome.resourceId);
  }
  const [parent = "", child = "", broke = "", closed = ""] = ids;
  await actor.perform({ ...plainly(keys), kind: "close", accountId: closed });
  return { world, actor, random, keys, parent, child, broke, closed, underWay: [] };
};

const anyStep = async (family: Family): Promise<void> => {
  if (family.underWay.length >= MOST_SCHEDULED) await untilAllHaveEnded(family);
  let draw = family.random.below(100);
  const take = STEPS.find(([percentage]) => (draw -= percentage) < 0)?.[1] ?? giveLater;
  await take(family);
};

const untilAllHaveEnded = async ({ world, underWay }: Family): Promise<void> => {
  await Promise.all(underWay.splice(0).map((transferId) => awaitEnding(world, transferId)));
};

const SMALLEST_MARGIN_MS = 300;

/** Soon, but not before the request can have come. */
const soonMs = ({ random, world }: Family): number =>
  Math.max(SMALLEST_MARGIN_MS, Math.round(world.aheadMs / 3)) +
  random.below(Math.ceil((world.aheadMs * 2) / 3));

const DUPLICATES: readonly Duplicate[] = [
  ...Array<Duplicate>(12).fill("none"),
  "at_once",
  "later",
  "other_body",
];

type Wish = Pick<SendCredits, "amountE4" | "endings"> & Partial<SendCredits>;

/** Puts what a transfer takes, and a little more, into the parent's account. */
const loadFor = async ({ actor, keys, parent }: Family, amountE4: bigint): Promise<void> => {
  const loading = { ...plainly(keys), kind: "load", accountId: parent } as const;
  await actor.perform({ ...loading, amountE4: amountE4 + MARGIN_E4 });
};

/** More than the fee of the load. */
const MARGIN_E4 = 1_0000n;

const sendingIn = (family: Family, aheadMs: number, wish: Wish): SendCredits => ({
  ...plainly(family.keys),
  kind: "send",
  accountId: family.parent,
  to: family.child,
  note: "pocket money",
  scheduledFor: new Date(family.world.serviceClock.nowMs() + aheadMs).toISOString(),
  duplicate: family.random.pick(DUPLICATES),
  // A request that had to be sent again and again may come when its instant has passed.
  expected: ["accepted", "instant_has_passed"],
  ...wish,
});

const schedule = async (
  family: Family,
  aheadMs: number,
  wish: Wish,
): Promise<string | undefined> => {
  if (wish.accountId === undefined) await loadFor(family, wish.amountE4);
  const sending = sendingIn(family, aheadMs, wish);
  const outcome = await family.actor.perform(sending);
  if (outcome.kind === "accepted") {
    family.underWay.push(outcome.resourceId);
    return outcome.resourceId;
  }
  const { scheduledFor } = sending;
  const isRejected = outcome.kind === "rejected" && scheduledFor !== undefined;
  if (isRejected && isBefore(outcome.handledAt, scheduledFor)) {
    const { findings } = family.world.book;
    findings.push(`An instant had passed at ${outcome.handledAt}, but was ${scheduledFor}.`);
  }
  return undefined;
};

const littleE4 = ({ random, world }: Family): bigint =>
  BigInt(random.between(1, Math.min(50_0000, Number(world.approvalFromE4) - 1)));

const giveLater = async (family: Family): Promise<void> => {
  await schedule(family, soonMs(family), { amountE4: littleE4(family), endings: ["settled"] });
};

const give = async (family: Family): Promise<void> => {
  const { actor, keys, parent: accountId, child: to } = family;
  const amountE4 = littleE4(family);
  await loadFor(family, amountE4);
  const sending = { ...plainly(keys), kind: "send", accountId, to, amountE4, note: "now" } as const;
  await actor.perform({ ...sending, endings: ["settled"] });
};

/** When the sender takes it back it may just have started, which decides what may become of it. */
const withdraw = async (family: Family, transferId: string): Promise<void> => {
  const { actor, keys, parent: accountId } = family;
  await actor.perform(cancellation(keys, { accountId, transferId }, true));
};

const giveAndWithdraw = async (family: Family): Promise<void> => {
  const endings: Ending[] = ["withdrawn", "settled"];
  const transferId = await schedule(family, family.world.aheadMs, {
    amountE4: littleE4(family),
    endings,
  });
  if (transferId !== undefined) await withdraw(family, transferId);
};

/** Takes it back at the very instant, give or take. */
const giveAndRace = async (family: Family): Promise<void> => {
  const aheadMs = soonMs(family);
  const endings: Ending[] = ["withdrawn", "settled"];
  const transferId = await schedule(family, aheadMs, { amountE4: littleE4(family), endings });
  await pause(Math.max(0, aheadMs + family.random.between(-100, 150)));
  if (transferId !== undefined) await withdraw(family, transferId);
};

const giveToClosed = async (family: Family): Promise<void> => {
  await schedule(family, soonMs(family), {
    amountE4: littleE4(family),
    to: family.closed,
    endings: ["receiver_closed"],
  });
};

const giveWithoutMoney = async (family: Family): Promise<void> => {
  await schedule(family, soonMs(family), {
    accountId: family.broke,
    amountE4: littleE4(family),
    endings: ["insufficient_funds"],
  });
};

/** It waits for approval when its instant has come; without approvers it stays little. */
const giveMuch = async (family: Family): Promise<void> => {
  const { world, random, child: to, parent: from } = family;
  const { desk, approvalFromE4 } = world;
  if (desk === undefined) return giveLater(family);
  const course = courseOf(family, desk.approvers.length);
  const amountE4 = approvalFromE4 + BigInt(random.below(2_000_0000));
  await desk.room();
  const wish = { amountE4, endings: endingsOf(course, "settled") };
  const transferId = await schedule(family, soonMs(family), wish);
  if (transferId === undefined) return;
  void desk.entrust({ transferId, from, to, amountE4, note: "pocket money" }, course.plan);
};

/** A course of the approvers alone: while it is scheduled, the parent has something else to do. */
const courseOf = ({ random }: Family, approvers: number): Course => {
  const course = anyCourse(random, approvers);
  return course.cancelAfterMs === undefined ? course : approvedCourse(random, approvers);
};

const givePast: (family: Family) => Promise<void> = async (family) => {
  const sending = sendingIn(family, -60_000, { amountE4: littleE4(family), endings: [] });
  await family.actor.perform({ ...sending, expected: ["instant_has_passed"] });
};

/** In per cent; the rest is scheduled and paid. */
const STEPS: readonly (readonly [percentage: number, take: (family: Family) => Promise<void>])[] = [
  [10, give],
  [15, giveAndWithdraw],
  [10, giveAndRace],
  [6, giveToClosed],
  [10, giveWithoutMoney],
  [12, giveMuch],
  [3, givePast],
];
