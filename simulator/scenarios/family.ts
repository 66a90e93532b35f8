import type { Random } from "../random.ts";
import { newActor } from "../world/actor.ts";
import { strangersAccountId } from "../world/people.ts";
import { together, type World } from "../world/world.ts";
import { newHousehold, type Household, type Member, type Stranger } from "./household.ts";

/** Two parents, two children, and an aunt who closes her account. */
export const FAMILY_SIZE = 5;

/**
 * Families open accounts, parents load credits and give pocket money, children send each other.
 * Each family is one client: see Household for why that makes every balance known.
 */
export const playFamily = async (world: World): Promise<void> => {
  const families = Math.max(1, Math.floor(world.accounts / FAMILY_SIZE));
  const clients = Math.min(world.clients, families);
  world.startClock();
  await together(
    world,
    Array.from({ length: clients }, async (_, client) => {
      const actor = newActor(world);
      const everydays: (() => Promise<void>)[] = [];
      for (let index = client; index < families; index += clients) {
        const source = {
          random: world.random.split(`family ${index}`),
          keys: world.keys.split(`family ${index}`),
          label: String(index),
        };
        const household = newHousehold(world, actor, source);
        const family = actor.mayGoOn() ? await gather(household, source.random) : undefined;
        if (family === undefined) continue;
        for (const step of FIRST_DAYS) if (actor.mayGoOn()) await step(family);
        everydays.push(() => everyday(family));
      }
      while (everydays.length > 0 && actor.mayGoOn()) {
        for (const day of everydays) if (actor.mayGoOn()) await day();
      }
    }),
  );
};

type Family = {
  household: Household;
  random: Random;
  parents: [Member, Member];
  children: [Member, Member];
  aunt: Stranger;
};

const gather = async (household: Household, random: Random): Promise<Family | undefined> => {
  const mother = await household.join("mother", "at_once");
  const father = await household.join("father", "later");
  const daughter = await household.join("daughter", "other_body");
  const son = await household.join("son");
  const aunt = await household.join("aunt");
  if (!mother || !father || !daughter || !son || !aunt) return undefined;
  return {
    household,
    random,
    parents: [mother, father],
    children: [daughter, son],
    aunt: await household.close(aunt),
  };
};

type Step = (family: Family) => Promise<void>;

const POCKET_MONEY = { amountE4: 25_5000n, note: "pocket money" };

/** One of everything, before chance decides. */
const FIRST_DAYS: readonly Step[] = [
  ({ household, parents }) => household.load(parents[0], 500_0000n),
  ({ household, parents }) => household.load(parents[1], 500_0001n, "at_once"),
  // Half of the smallest amount is left over: a fee of 0.00145 is 0.0014.
  ({ household, children }) => household.load(children[0], 7_2500n, "later"),
  ({ household, parents, children }) => household.send(parents[0], children[0], POCKET_MONEY),
  ({ household, parents, children }) =>
    household.send(parents[1], children[1], { ...POCKET_MONEY, duplicate: "at_once" }),
  ({ household, children }) =>
    household.send(children[0], children[1], { amountE4: 3_3333n, duplicate: "later" }),
  (family) => sendTooMuch(family),
  ({ household, parents, aunt }) => household.send(parents[0], aunt, { amountE4: 12_0000n }),
  ({ household, parents, random }) =>
    household.send(parents[1], unknownReceiver(random), { amountE4: 1n }),
  ({ household, parents }) => household.send(parents[0], parents[0], { amountE4: 1_0000n }),
  ({ household, parents }) => household.sendMuch(parents[0], parents[1]),
];

/** Parents with less load credits; children with more would soon need approval for all of it. */
const LITTLE_E4 = 100_0000n;
const PLENTY_E4 = 400_0000n;

const everyday: Step = async (family) => {
  const { household, random, parents, children, aunt } = family;
  const parent = random.pick(parents);
  const child = random.pick(children);
  const amountE4 = BigInt(random.between(1, 20_0000));
  const duplicate = random.pick([
    "none",
    "none",
    "none",
    "at_once",
    "later",
    "other_body",
  ] as const);
  if (parent.purseE4 < LITTLE_E4) {
    const loadedE4 = BigInt(random.between(100_0000, 900_0000));
    return household.load(parent, loadedE4, duplicate);
  }
  if (child.purseE4 > PLENTY_E4) {
    return household.send(child, parent, { amountE4: 300_0000n, note: "savings", duplicate });
  }
  const chance = random.below(100);
  if (chance < 6) return sendTooMuch(family);
  if (chance < 10) return household.send(parent, aunt, { amountE4, duplicate });
  if (chance < 14) return household.send(parent, unknownReceiver(random), { amountE4, duplicate });
  const [from, to] = chance < 60 ? [parent, child] : siblings(family, child);
  const affordableE4 = amountE4 > from.purseE4 ? from.purseE4 : amountE4;
  if (affordableE4 === 0n) return household.load(from, amountE4, duplicate);
  return household.send(from, to, { amountE4: affordableE4, note: "just so", duplicate });
};

const siblings = ({ children: [one, other] }: Family, from: Member): [Member, Member] =>
  from === one ? [one, other] : [other, one];

const sendTooMuch: Step = ({ household, random, children: [from, to] }) =>
  household.send(from, to, { amountE4: from.purseE4 + BigInt(random.between(1, 5_0000)) });

const unknownReceiver = (random: Random): Stranger => ({
  accountId: strangersAccountId(random),
  ending: "receiver_not_found",
});
