import type { ParkedMessage, Stage } from "./letter.ts";

export type StageWork<M extends object> = {
  readonly stage: Stage;
  /** The message that something stored is. Throws, for example `Malformed`, if it is none. */
  readonly read: (stored: object) => M;
  /** Handles messages of one stream in order. Must be harmless to repeat. */
  readonly handle: (stream: string, messages: readonly M[]) => Promise<void>;
  readonly identify: (stored: object) => Identity;
  /**
   * What counts instead of something that cannot be handled, because an operator has decided so before it came again;
   * `undefined` if nothing was decided.
   */
  readonly decided: (stored: object, identity: Identity) => Promise<readonly M[] | undefined>;
};

/** What can be told of something stored, whatever it is. */
export type Identity = Pick<ParkedMessage, "id" | "source" | "traceparent"> & {
  /** Whose order it has to keep. */
  readonly stream: string;
};
