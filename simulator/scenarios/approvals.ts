import {
  anyCourse,
  approvedCourse,
  NOBODY_DECIDES,
  ownCourse,
  type Course,
} from "../approvers/courses.ts";
import type { Desk } from "../approvers/desk.ts";
import type { Random } from "../random.ts";
import { newActor, type Actor } from "../world/actor.ts";
import { awaitEnding } from "../world/endings.ts";
import { plainly, type Duplicate, type Ending, type SendCredits } from "../world/intentions.ts";
import { newPerson } from "../world/people.ts";
import { forEachAtOnce, together, type World } from "../world/world.ts";
import { endingsOf, sendLarge } from "./large-transfers.ts";

/**
 * Customers send little and much; approvers look at what waits in the admin app and decide, some
 * at once and some slowly, sometimes two at once, sometimes while the sender takes it back. Some
 * customers are approvers themselves, and may not decide about what is their own.
 */
export const playApprovals = async (world: World): Promise<void> => {
  const { desk } = world;
  if (desk === undefined) throw new Error("Nobody is there to approve.");
  const town = await foundTown(world, desk);
  if (town === undefined) return;
  world.startClock();
  const trade = async (actor: Actor, client: number): Promise<void> => {
    const source = sourceOf(world, `client ${client}`);
    while (actor.mayGoOn()) await anyStep({ world, desk, town, actor, ...source });
  };
  const clients = Array.from({ length: world.clients }, (_, client) =>
    trade(newActor(world), client),
  );
  await together(world, clients);
  await desk.finished();
  await letExpire(world, town);
};

type Town = {
  ordinary: string[];
  /** Opened and closed again. */
  closed: string;
  /** Accounts of the approvers, in their order. */
  approvers: string[];
};

type Source = { random: Random; keys: Random };

const sourceOf = (world: World, label: string): Source => ({
  random: world.random.split(label),
  keys: world.keys.split(label),
});

const MOST_APPROVERS_WITH_ACCOUNT = 3;
const FIRST_LOAD_E4 = 20_000_0000n;

const foundTown = async (world: World, desk: Desk): Promise<Town | undefined> => {
  const addresses = desk.approvers.slice(0, MOST_APPROVERS_WITH_ACCOUNT);
  const ids: (string | undefined)[] = [];
  await forEachAtOnce(world, world.accounts, async (index) => {
    const { random, keys } = sourceOf(world, `inhabitant ${index}`);
    const actor = newActor(world);
    const person = newPerson(random, String(index), world.runId);
    const email = addresses[index - 1] ?? person.email;
    const opening = { ...plainly(keys), kind: "open", ...person, email, currency: "EUR" } as const;
    const outcome = await actor.perform(opening);
    if (outcome.kind !== "accepted") return;
    const accountId = outcome.resourceId;
    ids[index] = accountId;
    if (index === 0) await actor.perform({ ...plainly(keys), kind: "close", accountId });
    else {
      const amountE4 = FIRST_LOAD_E4;
      await actor.perform({ ...plainly(keys), kind: "load", accountId, amountE4 });
    }
  });
  // An account that could not be opened is reported already.
  if (ids.filter((id) => id !== undefined).length < world.accounts) return undefined;
  const [closed = "", ...others] = ids.filter((id) => id !== undefined);
  const approvers = others.splice(0, addresses.length);
  return { closed, approvers, ordinary: others };
};

type Step = Source & { world: World; desk: Desk; town: Town; actor: Actor };

const anyStep = (step: Step): Promise<void> => {
  let draw = step.random.below(100);
  const take = STEPS.find(([percentage]) => (draw -= percentage) < 0)?.[1] ?? sendMuch;
  return take(step);
};

const load = async ({ town, actor, random, keys }: Step): Promise<void> => {
  const amountE4 = BigInt(random.between(1_000_0000, 9_000_0000));
  const accountId = random.pick(town.ordinary);
  await actor.perform({ ...plainly(keys), kind: "load", accountId, amountE4 });
};

const DUPLICATES: readonly Duplicate[] = [
  ...Array<Duplicate>(12).fill("none"),
  "at_once",
  "later",
  "other_body",
];

/** Between two different ordinary accounts, unless somebody else is named. */
const sendingOf = (
  { town: { ordinary }, random, keys }: Step,
  wish: Pick<SendCredits, "amountE4" | "endings"> & Partial<SendCredits>,
): SendCredits => {
  const sender = random.below(ordinary.length);
  const receiver = (sender + random.between(1, ordinary.length - 1)) % ordinary.length;
  return {
    ...plainly(keys),
    kind: "send",
    accountId: ordinary[sender] ?? "",
    to: ordinary[receiver] ?? "",
    note: random.chance(50) ? `invoice ${random.below(10_000)}` : undefined,
    duplicate: random.pick(DUPLICATES),
    // Which of those that go at once find the money gone depends on how they overtake each other.
    expected: ["accepted", "insufficient_funds"],
    ...wish,
  };
};

const sendLittle = async (step: Step): Promise<void> => {
  const mostE4 = Math.min(60_0000, Number(step.world.approvalFromE4) - 1);
  const amountE4 = BigInt(step.random.between(1, mostE4));
  await step.actor.perform(sendingOf(step, { amountE4, endings: ["settled"] }));
};

/** From the limit on, the limit itself among them. */
const largeAmountE4 = ({ random, world }: Step): bigint =>
  world.approvalFromE4 + (random.chance(20) ? 0n : BigInt(random.between(1, 3_000_0000)));

const send = async (
  step: Step,
  course: Course,
  wish: { arrival?: Ending; accountId?: string; to?: string } = {},
): Promise<void> => {
  const { arrival = "settled", ...parties } = wish;
  const { world, actor, keys } = step;
  const endings = endingsOf(course, arrival);
  const sending = sendingOf(step, { amountE4: largeAmountE4(step), endings, ...parties });
  await sendLarge(world, actor, keys, { course, sending });
};

const sendMuch = (step: Step): Promise<void> =>
  send(step, anyCourse(step.random, step.desk.approvers.length));

const sendToClosed = (step: Step): Promise<void> =>
  send(step, approvedCourse(step.random, step.desk.approvers.length), {
    arrival: "receiver_closed",
    to: step.town.closed,
  });

/** From or to an account of an approver. */
const sendAsApprover = (step: Step): Promise<void> => {
  const { random, desk, town } = step;
  const party = random.below(town.approvers.length);
  const accountId = town.approvers[party] ?? "";
  const course = ownCourse(random, party, desk.approvers.length);
  return send(step, course, random.chance(50) ? { accountId } : { to: accountId });
};

/** In per cent; the rest are large transfers between ordinary accounts. */
const STEPS: readonly (readonly [percentage: number, take: (step: Step) => Promise<void>])[] = [
  [25, sendLittle],
  [10, load],
  [5, sendToClosed],
  [12, sendAsApprover],
];

const MOST_EXPIRIES = 8;

/** Where somebody can let a day pass, some transfers wait in vain. */
const letExpire = async (world: World, { ordinary }: Town): Promise<void> => {
  const { passADay } = world;
  if (passADay === undefined || world.interrupted()) return;
  const waiting: string[] = [];
  await forEachAtOnce(world, Math.min(MOST_EXPIRIES, ordinary.length), async (index) => {
    const { keys } = sourceOf(world, `in vain ${index}`);
    const accountId = ordinary[index] ?? "";
    const to = ordinary[(index + 1) % ordinary.length] ?? "";
    const actor = newActor(world);
    const amountE4 = world.approvalFromE4;
    await actor.perform({ ...plainly(keys), kind: "load", accountId, amountE4: amountE4 * 2n });
    const sending: SendCredits = {
      ...plainly(keys),
      kind: "send",
      accountId,
      to,
      amountE4,
      note: "in vain",
      endings: endingsOf(NOBODY_DECIDES, "settled"),
    };
    const sent = await sendLarge(world, actor, keys, { course: NOBODY_DECIDES, sending });
    if (sent !== undefined) waiting.push(sent.transferId);
  });
  await passADay();
  await Promise.all(waiting.map((transferId) => awaitEnding(world, transferId)));
};
