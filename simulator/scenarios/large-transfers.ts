import { setTimeout as pause } from "node:timers/promises";
import type { Course } from "../approvers/courses.ts";
import type { Actor } from "../world/actor.ts";
import {
  plainly,
  type CancelTransfer,
  type Ending,
  type SendCredits,
} from "../world/intentions.ts";
import type { Random } from "../random.ts";
import type { World } from "../world/world.ts";

/** How a transfer may end if people do this about it, and what becomes of it once approved. */
export const endingsOf = ({ endings }: Course, arrival: Ending): Ending[] => [
  ...new Set(endings.map((ending) => (ending === "approved" ? arrival : ending))),
];

export type UnderWay = {
  transferId: string;
  /** Resolves when the approvers have done what they were to do. */
  decided: Promise<void>;
};

/**
 * Sends what needs approval, and has everybody do what the course says: the approvers when they
 * see it, the sender here and now. Undefined when the service did not accept it.
 */
export const sendLarge = async (
  world: World,
  actor: Actor,
  keys: Random,
  { course, sending }: { course: Course; sending: SendCredits },
): Promise<UnderWay | undefined> => {
  const { accountId, to, amountE4, note } = sending;
  await world.desk?.room();
  const outcome = await actor.perform(sending);
  if (outcome.kind !== "accepted") return undefined;
  const transferId = outcome.resourceId;
  const matter = { transferId, from: accountId, to, amountE4, note };
  const decided = course.plan.length === 0 ? undefined : world.desk?.entrust(matter, course.plan);
  if (course.cancelAfterMs !== undefined) {
    await pause(course.cancelAfterMs);
    const isRace = course.plan.length > 0;
    await actor.perform(cancellation(keys, { accountId, transferId }, isRace));
  }
  return { transferId, decided: decided ?? Promise.resolve() };
};

/** Takes a transfer back; `isRace`: it may have gone on, or ended, by then. */
export const cancellation = (
  keys: Random,
  transfer: Pick<CancelTransfer, "accountId" | "transferId">,
  isRace: boolean,
): CancelTransfer => ({
  ...plainly(keys),
  kind: "cancel",
  ...transfer,
  expected: isRace ? ["accepted", "transfer_not_pending"] : ["accepted"],
});
