import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../random.ts";
import { newActor, type Actor } from "../world/actor.ts";
import { plainly, type Duplicate, type SendCredits } from "../world/intentions.ts";
import { newPerson } from "../world/people.ts";
import { forEachAtOnce, together, type World } from "../world/world.ts";

/**
 * A few employers pay many employees: hot senders. Then everybody buys bread at the one baker's:
 * a hot receiver. And so on, month after month.
 */
export const playPayday = async (world: World): Promise<void> => {
  const town = await foundTown(world);
  const actors = Array.from({ length: world.clients }, () => newActor(world));
  if (town.employees.length === 0) return;
  world.startClock();
  for (let month = 0; actors.some((actor) => actor.mayGoOn()); month++) {
    const payroll = { ...town, month, paid: new Set<number>() };
    await share(world, actors, town.employers.length, fundEmployer(world, payroll));
    await share(world, actors, town.employees.length, paySalary(world, payroll));
    await share(world, actors, town.employees.length, buyBread(world, payroll));
  }
};

type Town = { employers: string[]; employees: string[]; baker: string };

type Payroll = Town & {
  month: number;
  /** The employees who got their salary this month. */
  paid: Set<number>;
};

type Work = (actor: Actor, index: number) => Promise<void>;

/** Works through the numbers below `count`: whoever is free takes the next one. */
const share = (
  world: World,
  actors: readonly Actor[],
  count: number,
  work: Work,
): Promise<void> => {
  let next = 0;
  return together(
    world,
    actors.map(async (actor) => {
      while (next < count && actor.mayGoOn()) await work(actor, next++);
    }),
  );
};

const LARGEST_SALARY_E4 = 60_0000;
const SMALLEST_SALARY_E4 = 20_0000;
const DEAREST_BREAD_E4 = 15_0000;

const foundTown = async (world: World): Promise<Town> => {
  const employers = Math.min(3, Math.max(1, Math.floor(world.accounts / 100)));
  const ids: (string | undefined)[] = [];
  await forEachAtOnce(world, world.accounts, async (index) => {
    const { random, keys } = source(world, `inhabitant ${index}`);
    const role = index === 0 ? "baker" : index <= employers ? "employer" : "employee";
    const outcome = await newActor(world).perform({
      ...plainly(keys),
      kind: "open",
      ...newPerson(random, `${role}.${index}`, world.runId),
      currency: "EUR",
    });
    if (outcome.kind === "accepted") ids[index] = outcome.resourceId;
  });
  // The account that could not be opened is reported already: the others go on without it.
  const [baker = "", ...others] = ids.filter((id) => id !== undefined);
  return { baker, employers: others.slice(0, employers), employees: others.slice(employers) };
};

/** One load that pays for the whole month, whatever chance makes of the salaries. */
const fundEmployer =
  (world: World, { month, employers, employees }: Payroll): Work =>
  async (actor, index) => {
    const salaries = Math.ceil(employees.length / employers.length);
    await actor.perform({
      ...plainly(source(world, `month ${month} fund ${index}`).keys),
      kind: "load",
      accountId: employers[index] ?? "",
      amountE4: BigInt(salaries * LARGEST_SALARY_E4),
    });
  };

const paySalary =
  (world: World, payroll: Payroll): Work =>
  async (actor, index) => {
    const { month, employers, employees, paid } = payroll;
    const chance = source(world, `month ${month} salary ${index}`);
    const arrived = await insist(actor, chance, {
      accountId: employers[index % employers.length] ?? "",
      to: employees[index] ?? "",
      amountE4: BigInt(chance.random.between(SMALLEST_SALARY_E4, LARGEST_SALARY_E4)),
      note: `salary ${month + 1}`,
    });
    if (arrived) paid.add(index);
  };

const buyBread =
  (world: World, payroll: Payroll): Work =>
  async (actor, index) => {
    const { month, employees, baker, paid } = payroll;
    if (!paid.has(index)) return;
    const chance = source(world, `month ${month} bread ${index}`);
    await insist(actor, chance, {
      accountId: employees[index] ?? "",
      to: baker,
      amountE4: BigInt(chance.random.between(1, DEAREST_BREAD_E4)),
      note: undefined,
    });
  };

type Chance = { random: Random; keys: Random };

const source = (world: World, label: string): Chance => ({
  random: world.random.split(label),
  keys: world.keys.split(label),
});

const TOO_MANY = "too_many_transfers_in_flight";
const ATTEMPTS = 5;
const REST_MS = 100;

/** Sends; when too many of the sender's transfers are under way, tries again a little later. */
const insist = async (
  actor: Actor,
  { random, keys }: Chance,
  payment: Pick<SendCredits, "accountId" | "to" | "amountE4" | "note">,
): Promise<boolean> => {
  const duplicates: Duplicate[] = ["at_once", "later", ...Array<"none">(48).fill("none")];
  for (let attempt = 1; attempt <= ATTEMPTS && actor.mayGoOn(); attempt++) {
    const outcome = await actor.perform({
      ...plainly(keys),
      kind: "send",
      ...payment,
      duplicate: random.pick(duplicates),
      expected: ["accepted", TOO_MANY],
      endings: ["settled"],
    });
    if (outcome.kind === "accepted") return outcome.ended;
    if (outcome.kind !== "rejected" || outcome.code !== TOO_MANY) return false;
    await pause(REST_MS * attempt);
  }
  return false;
};
