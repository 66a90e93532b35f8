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
    while (actor.mayGoOn()) await actor.perform(anyIntention(town, { random, keys }));
  };
  await together(
    world,
    Array.from({ length: world.clients }, (_, client) => rage(newActor(world), client)),
  );
};

type Town = {
  ordinary: string[];
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
      const amountE4 = BigInt(random.between(20_0000, 200_0000));
      await actor.perform({ ...plainly(keys), kind: "load", accountId, amountE4 });
    }
  });
  const [closed = "", foreign = "", ...others] = ids;
  // An account that could not be opened is reported already: the others go on without it.
  const ordinary = others.filter((id) => id !== undefined);
  return closed && foreign && ordinary.length > 1 ? { closed, foreign, ordinary } : undefined;
};

const CLOSED = 0;
const FOREIGN = 1;

type Chance = { random: Random; keys: Random };

const DUPLICATES: readonly Duplicate[] = [
  ...Array<Duplicate>(22).fill("none"),
  "at_once",
  "later",
  "other_body",
];

const anyIntention = (town: Town, chance: Chance): Intention => {
  let draw = chance.random.below(100);
  const make = MIX.find(([percentage]) => (draw -= percentage) < 0)?.[1] ?? sendSome;
  return make(town, chance);
};

type Make = (town: Town, chance: Chance) => Intention;

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

/** From 1 000.00 on people decide; where that is configured otherwise, it is a transfer too. */
const sendMuch: Make = (town, chance) => {
  const sent = sendSome(town, chance);
  const amountE4 = BigInt(chance.random.between(1_000_0000, 5_000_0000));
  return { ...sent, amountE4, expected: [...sent.expected, "amount_needs_approval"] };
};

const sendFromNobody: Make = ({ ordinary }, chance) =>
  send(chance, {
    accountId: strangersAccountId(chance.random),
    to: chance.random.pick(ordinary),
    expected: ["account_not_found"],
  });

const loadClosed: Make = ({ closed }, { keys }) => ({
  ...plainly(keys),
  kind: "load",
  accountId: closed,
  amountE4: 10_0000n,
  expected: ["account_closed"],
});

/** What a client wants next, in per cent; the rest are transfers between two of the town. */
const MIX: readonly (readonly [percentage: number, make: Make])[] = [
  [10, load],
  [2, ({ ordinary }, chance) => malformedRequest(ordinary, chance)],
  [2, sendTo((_, random) => strangersAccountId(random), "receiver_not_found")],
  [2, sendTo(({ closed }) => closed, "receiver_closed")],
  [2, sendTo(({ foreign }) => foreign, "currency_mismatch")],
  [1, sendToSelf],
  [3, sendTooMuch],
  [1, sendMuch],
  [1, sendFromNobody],
  [1, loadClosed],
];
