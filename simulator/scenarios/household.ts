import { approvedCourse } from "../approvers/courses.ts";
import { formatMoney, loadFeeE4 } from "../money.ts";
import { patience } from "../patience.ts";
import type { Random } from "../random.ts";
import type { Actor } from "../world/actor.ts";
import { awaitEnding } from "../world/endings.ts";
import { plainly, type Duplicate, type Ending } from "../world/intentions.ts";
import { newPerson } from "../world/people.ts";
import type { World } from "../world/world.ts";
import { endingsOf } from "./large-transfers.ts";

/** An account of the household, and what must be available in it. */
export type Member = {
  accountId: string;
  purseE4: bigint;
  /** Sent, but not there yet. */
  inFlightE4: bigint;
  /** How the service was last seen to differ, so that one mistake is one finding. */
  difference: string;
};

/** A receiver who cannot receive, and what becomes of the transfer. */
export type Stranger = { accountId: string; ending: Exclude<Ending, "settled"> };

type SendWish = { amountE4: bigint; note?: string; duplicate?: Duplicate };

/**
 * People whose accounts nobody else touches and who do one thing at a time: so every outcome and
 * every balance is known beforehand, and each is looked up in the service after each step.
 */
export type Household = {
  /** Opens an account; undefined when the service did not open it. */
  join: (role: string, duplicate?: Duplicate) => Promise<Member | undefined>;
  load: (member: Member, amountE4: bigint, duplicate?: Duplicate) => Promise<void>;
  send: (from: Member, to: Member | Stranger, wish: SendWish) => Promise<void>;
  /** Loads and sends what somebody has to approve, who does; nothing where nobody is there. */
  sendMuch: (from: Member, to: Member) => Promise<void>;
  close: (member: Member) => Promise<Stranger>;
};

export const newHousehold = (
  world: World,
  actor: Actor,
  source: { random: Random; keys: Random; label: string },
): Household => {
  const { random, keys, label } = source;
  const look = async (member: Member, after: string, graceMs = 0): Promise<void> => {
    // A run that repeats another one sees what came of it in the end.
    if (actor.meetsThePast()) return;
    const account = await patience(graceMs)(
      () => world.api.account(member.accountId),
      (shown) => shown !== undefined && isRight(member, shown.balance),
    );
    world.book.findings.push(
      ...(account === undefined
        ? [`After ${after}, account ${member.accountId} is not found.`]
        : checkPurse(member, account.balance, after)),
    );
  };
  const load: Household["load"] = async (member, amountE4, duplicate = "none") => {
    const { accountId } = member;
    const loading = { ...plainly(keys), kind: "load", accountId, amountE4 } as const;
    const outcome = await actor.perform({ ...loading, duplicate });
    if (outcome.kind === "accepted") member.purseE4 += amountE4 - loadFeeE4(amountE4);
    await look(member, `loading ${formatMoney(amountE4)}`);
  };
  return {
    join: async (role, duplicate = "none") => {
      const owner = newPerson(random, `${role}.${label}`, world.runId);
      const opening = { ...plainly(keys), kind: "open", ...owner, currency: "EUR" } as const;
      const outcome = await actor.perform({ ...opening, duplicate });
      if (outcome.kind !== "accepted") return undefined;
      const member = { accountId: outcome.resourceId, purseE4: 0n, inFlightE4: 0n, difference: "" };
      await look(member, "opening it");
      return member;
    },
    load,
    send: async (from, to, { amountE4, note, duplicate = "none" }) => {
      const outcome = await actor.perform({
        ...plainly(keys),
        kind: "send",
        accountId: from.accountId,
        to: to.accountId,
        amountE4,
        note,
        duplicate,
        expected: verdicts(from, to, amountE4),
        endings: ["ending" in to ? to.ending : "settled"],
      });
      if (outcome.kind === "accepted" && "purseE4" in to) {
        from.purseE4 -= amountE4;
        to.purseE4 += amountE4;
      }
      await look(from, `sending ${formatMoney(amountE4)}`);
      if ("purseE4" in to && to !== from) await look(to, `receiving ${formatMoney(amountE4)}`);
    },
    sendMuch: sendingMuch({ world, actor, random, keys, look, load }),
    close: async ({ accountId }) => {
      await actor.perform({ ...plainly(keys), kind: "close", accountId });
      return { accountId, ending: "receiver_closed" };
    },
  };
};

type Routine = {
  world: World;
  actor: Actor;
  random: Random;
  keys: Random;
  look: (member: Member, after: string, graceMs?: number) => Promise<void>;
  load: Household["load"];
};

const sendingMuch =
  ({ world, actor, random, keys, look, load }: Routine): Household["sendMuch"] =>
  async (from, to) => {
    const { desk, approvalFromE4: amountE4 } = world;
    if (desk === undefined) return;
    await load(from, amountE4 + MARGIN_E4);
    const course = approvedCourse(random, desk.approvers.length);
    const sending = {
      ...plainly(keys),
      kind: "send" as const,
      accountId: from.accountId,
      to: to.accountId,
      amountE4,
      note: "for the roof",
      expected: verdicts(from, to, amountE4),
      endings: endingsOf(course, "settled"),
    };
    const outcome = await actor.perform(sending);
    if (outcome.kind !== "accepted") return;
    const transferId = outcome.resourceId;
    from.purseE4 -= amountE4;
    from.inFlightE4 += amountE4;
    const amount = formatMoney(amountE4);
    await look(from, `sending ${amount}, which waits for approval`);
    const parties = { from: from.accountId, to: to.accountId };
    const matter = { transferId, ...parties, amountE4, note: sending.note };
    await desk.entrust(matter, course.plan);
    await awaitEnding(world, transferId);
    from.inFlightE4 -= amountE4;
    to.purseE4 += amountE4;
    // The contract does not promise that balances are as prompt as the transfer here.
    await look(from, `the approval of ${amount}`, READ_MODEL_GRACE_MS);
    await look(to, `receiving ${amount}`, READ_MODEL_GRACE_MS);
  };

/** More than the fee of a load. */
const MARGIN_E4 = 1_0000n;

/** How long balances may take to show what a transfer shows already. */
const READ_MODEL_GRACE_MS = 3_000;

const verdicts = (from: Member, to: Member | Stranger, amountE4: bigint): string[] => {
  if (from === to) return ["receiver_is_sender"];
  // Who was seen to have another sum than he should cannot be predicted any more.
  if (from.difference !== "") return ["accepted", "insufficient_funds"];
  return [amountE4 > from.purseE4 ? "insufficient_funds" : "accepted"];
};

type Shown = { availableE4: bigint; inFlightE4: bigint };

const isRight = ({ purseE4, inFlightE4 }: Member, shown: Shown): boolean =>
  shown.availableE4 === purseE4 && shown.inFlightE4 === inFlightE4;

const checkPurse = (member: Member, shown: Shown, after: string): string[] => {
  const { accountId, purseE4, difference } = member;
  const { availableE4, inFlightE4 } = shown;
  const offInFlightE4 = inFlightE4 - member.inFlightE4;
  member.difference = isRight(member, shown) ? "" : `${availableE4 - purseE4} ${offInFlightE4}`;
  if (isRight(member, shown) || member.difference === difference) return [];
  return [
    `After ${after}, account ${accountId} shows ${formatMoney(availableE4)} available and ` +
      `${formatMoney(inFlightE4)} in flight, but should show ${formatMoney(purseE4)} and ` +
      `${formatMoney(member.inFlightE4)}.`,
  ];
};
