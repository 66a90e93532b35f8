import { anyCourse, cancelledCourse } from "../approvers/courses.ts";
import type { Random } from "../random.ts";
import { newActor, type Actor } from "../world/actor.ts";
import {
  plainly,
  type Duplicate,
  type Ending,
  type Intention,
  type SendCredits,
} from "../world/intentions.ts";
import { newPerson, strangersAccountId } from "../world/people.ts";
import { forEachAtOnce, together, type World } from "../world/world.ts";
import { cancellation, endingsOf, sendLarge } from "./large-transfers.ts";
import { malformedRequest } from "./malformed.ts";

/**
 * Many clients load and send between random accounts at full speed, send things twice, ask for
 * what cannot be, and keep at it when the service is killed and comes back.
 */
export const playStorm = async (world: World): Promise<void> => {
  const town = await foundTown(world);
  if (town === undefined) return;
  world.startClock();
  const rage = async (actor: Actor, client: number): Promise<void> => {
    const random = world.random.split(`client ${client}`);
    const keys = world.keys.split(`client ${client}`);
    while (actor.mayGoOn()) await anyDeed(town, { world, actor, random, keys });
  };
  await together(
    world,
    Array.from({ length: world.clients }, (_, client) => rage(newActor(world), client)),
  );
  await world.desk?.finished();
};

type Town = {
  ordinary: string[];
  /** Have much, and send it to each other: the others are to be short of money. */
  rich: string[];
  /** Opened and closed again. */
  closed: string;
  /** Has another currency than the others. */
  foreign: string;
};

const foundTown = async (world: World): Promise<Town | undefined> => {
  const ids: (string | undefined)[] = [];
  await forEachAtOnce(world, world.accounts, async (index) => {
    const random = world.random.split(`inhabitant ${index}`);
    const keys = world.keys.split(`inhabitant ${index}`);
    const actor = newActor(world);
    const outcome = await actor.perform({
      ...plainly(keys),
      kind: "open",
      ...newPerson(random, String(index), world.runId),
      currency: index === FOREIGN ? "SEK" : "EUR",
      duplicate: random.pick(DUPLICATES),
    });
    if (outcome.kind !== "accepted") return;
    const accountId = outcome.resourceId;
    ids[index] = accountId;
    if (index === CLOSED) {
      await actor.perform({ ...plainly(keys), kind: "close", accountId });
    } else {
      const isRich = index >= FIRST_RICH && index < FIRST_RICH + RICH;
      const amountE4 = isRich ? RICH_LOAD_E4 : BigInt(random.between(20_0000, 200_0000));
      await actor.perform({ ...plainly(keys), kind: "load", accountId, amountE4 });
    }
  });
  const [closed = "", foreign = "", ...others] = ids;
  // An account that could not be opened is reported already: the others go on without it.
  const rich = others.slice(0, RICH).filter((id) => id !== undefined);
  const ordinary = others.slice(RICH).filter((id) => id !== undefined);
  const isEnough = closed && foreign && rich.length === RICH && ordinary.length > 1;
  return isEnough ? { closed, foreign, rich, ordinary } : undefined;
};

const CLOSED = 0;
const FOREIGN = 1;
const FIRST_RICH = 2;
const RICH = 2;
const RICH_LOAD_E4 = 50_000_0000n;

type Chance = { random: Random; keys: Random };

/** Somebody who is about to do something. */
type Doer = Chance & { world: World; actor: Actor };

const DUPLICATES: readonly Duplicate[] = [
  ...Array<Duplicate>(22).fill("none"),
  "at_once",
  "later",
  "other_body",
];

const anyDeed = async (town: Town, doer: Doer): Promise<void> => {
  let draw = doer.random.below(100);
  const deed = MIX.find(([percentage]) => (draw -= percentage) < 0)?.[1] ?? wanting(sendSome);
  await deed(town, doer);
};

type Deed = (town: Town, doer: Doer) => Promise<void>;

type Make = (town: Town, chance: Chance) => Intention;

const wanting =
  (make: Make): Deed =>
  async (town, doer) => {
    await doer.actor.perform(make(town, doer));
  };

const send = (
  { random, keys }: Chance,
  wish: Pick<SendCredits, "accountId" | "to"> & Partial<SendCredits>,
): SendCredits => ({
  ...plainly(keys),
  kind: "send",
  amountE4: BigInt(random.between(1, 60_0000)),
  note: random.chance(30) ? "for the storm" : undefined,
  duplicate: random.pick(DUPLICATES),
  // Which transfers find the money gone depends on how they overtake each other.
  expected: ["accepted", "insufficient_funds", "too_many_transfers_in_flight"],
  endings: ["settled"],
  ...wish,
});

const sendSome = ({ ordinary }: Town, chance: Chance): SendCredits => {
  const sender = chance.random.below(ordinary.length);
  // Any account but the sender's own.
  const distance = chance.random.between(1, ordinary.length - 1);
  const accountId = ordinary[sender] ?? "";
  return send(chance, { accountId, to: ordinary[(sender + distance) % ordinary.length] ?? "" });
};

const load: Make = ({ ordinary }, { random, keys }) => ({
  ...plainly(keys),
  kind: "load",
  accountId: random.pick(ordinary),
  // Mostly little, so that money stays short; else around where the fee rounds or ends.
  amountE4: BigInt(random.chance(75) ? random.between(1, 20_0000) : random.pick(EDGES_E4)),
  duplicate: random.pick(DUPLICATES),
});

const EDGES_E4 = [1, 2500, 7500, 499_9999, 500_0000, 500_0001, 500_2500];

const sendTo =
  (receiver: (town: Town, random: Random) => string, ending: Ending): Make =>
  (town, chance) =>
    send(chance, {
      accountId: chance.random.pick(town.ordinary),
      to: receiver(town, chance.random),
      endings: [ending],
    });

const sendToSelf: Make = ({ ordinary }, chance) => {
  const accountId = chance.random.pick(ordinary);
  return send(chance, { accountId, to: accountId, expected: ["receiver_is_sender"] });
};

/** More than most of them ever have. */
const sendTooMuch: Make = (town, chance) => ({
  ...sendSome(town, chance),
  amountE4: BigInt(chance.random.between(400_0000, 999_9999)),
});

/** People decide; where there are none, the sender takes it back. */
const sendMuch: Deed = async ({ rich }, { world, actor, random, keys }) => {
  const { desk, approvalFromE4 } = world;
  const course = desk ? anyCourse(random, desk.approvers.length) : cancelledCourse(random);
  const [accountId = "", to = ""] = random.chance(50) ? rich : rich.toReversed();
  const amountE4 = approvalFromE4 + BigInt(random.below(1_000_0000));
  const endings = endingsOf(course, "settled");
  const sending = send({ random, keys }, { accountId, to, amountE4, endings });
  await sendLarge(world, actor, keys, { course, sending });
};

/** Where people are; an instant is not the same twice, which a repeated run would need. */
const sendLater: Deed = async (town, doer) => {
  const { world, actor, random, keys } = doer;
  if (world.desk === undefined) return wanting(sendSome)(town, doer);
  const aheadMs = random.below(world.aheadMs) + SMALLEST_MARGIN_MS;
  const sending: SendCredits = {
    ...sendSome(town, doer),
    scheduledFor: new Date(world.serviceClock.nowMs() + aheadMs).toISOString(),
    expected: ["accepted", "instant_has_passed"],
    endings: ["settled", "insufficient_funds", "withdrawn"],
  };
  const outcome = await actor.perform(sending);
  if (outcome.kind !== "accepted" || !random.chance(40)) return;
  const { accountId } = sending;
  await actor.perform(cancellation(keys, { accountId, transferId: outcome.resourceId }, true));
};

const SMALLEST_MARGIN_MS = 300;

const sendFromNobody: Make = ({ ordinary }, chance) =>
  send(chance, {
    accountId: strangersAccountId(chance.random),
    to: chance.random.pick(ordinary),
    // It is nobody's, and so not the sender's either.
    expected: ["not_found"],
  });

const loadClosed: Make = ({ closed }, { keys }) => ({
  ...plainly(keys),
  kind: "load",
  accountId: closed,
  amountE4: 10_0000n,
  expected: ["account_closed"],
});

/** What a client wants next, in per cent; the rest are transfers between two of the town. */
const MIX: readonly (readonly [percentage: number, deed: Deed])[] = [
  [10, wanting(load)],
  [2, wanting(({ ordinary }, chance) => malformedRequest(ordinary, chance))],
  [2, wanting(sendTo((_, random) => strangersAccountId(random), "receiver_not_found"))],
  [2, wanting(sendTo(({ closed }) => closed, "receiver_closed"))],
  [2, wanting(sendTo(({ foreign }) => foreign, "currency_mismatch"))],
  [1, wanting(sendToSelf)],
  [3, wanting(sendTooMuch)],
  [1, sendMuch],
  [1, sendLater],
  [1, wanting(sendFromNobody)],
  [1, wanting(loadClosed)],
];
