import { type DeadLetter, recordIdOf, type RecoveryRecord } from "./letter.ts";

/** Longer than the books of a bank have to be kept. */
export const keptForSeconds = 10 * 366 * 24 * 60 * 60;

/** What stays of a letter that something was decided about; `undefined` if it was only replayed. */
export function recordOf(
  letter: DeadLetter,
  effect: RecoveryRecord["effect"] = "handled",
): RecoveryRecord | undefined {
  const { id, lane, decision } = letter;
  if (decision === undefined) return undefined;
  return {
    id: recordIdOf(id, decision.at),
    ...{ lane, kind: "record", letter, effect },
    ttl: keptForSeconds,
  };
}
