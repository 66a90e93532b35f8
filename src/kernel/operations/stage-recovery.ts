import type { Because } from "./correct.ts";
import type { DeadLetter, RecoveryRecord } from "../parking/letter.ts";
import type { LetterSummary } from "../parking/lane-queries.ts";

export type Effect = RecoveryRecord["effect"];

/** What an operator may decide about a letter. */
export type Allowed = { readonly repair: boolean; readonly discard: boolean };

export const nothingAllowed: Allowed = { repair: false, discard: false };

/** What a stage does about its parked messages. All of it is harmless to repeat, and throws why it cannot be done. */
export type StageRecovery = {
  allows(letter: LetterSummary): Allowed;
  /** Handles the message once more. */
  replay(letter: DeadLetter): Promise<void>;
  /** Throws `Malformed` if it is not what the stage can handle, `CorrectionRefused` if it cannot be in its place. */
  checkRepair(letter: DeadLetter, message: object): Promise<void>;
  /** Handles what is to be there instead of the message. */
  repair(letter: DeadLetter, message: object, because: Because): Promise<void>;
  /** Throws `CorrectionRefused` if something else needs the message. */
  checkDiscard(letter: DeadLetter): Promise<void>;
  /** Does what is to be done so that others can do without it. */
  discard(letter: DeadLetter, because: Because): Promise<Effect>;
};
