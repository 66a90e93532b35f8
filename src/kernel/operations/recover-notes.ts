/** What is done about notes of what is still to be published. What they name has been followed up, and stays as it is. */
import { type Forwarding, topic } from "../publishing/forward.ts";
import { nothingAllowed, type StageRecovery } from "./stage-recovery.ts";
import { CorrectionRefused } from "./propose-reading.ts";

/** What waits for the topic is sent by itself when it is back: nobody has to decide about it. */
export function recoverNotes({ publishNoted }: Pick<Forwarding, "publishNoted">): StageRecovery {
  return {
    allows: ({ attempts, stream }) =>
      attempts === 0 || stream === topic ? nothingAllowed : { repair: false, discard: true },
    replay: ({ stream, message = {} }) => publishNoted(stream, message),
    checkRepair: () => Promise.reject(noRepair()),
    repair: () => Promise.reject(noRepair()),
    checkDiscard: () => Promise.resolve(),
    discard: () => Promise.resolve("dropped"),
  };
}

function noRepair(): CorrectionRefused {
  return new CorrectionRefused(
    "What has been followed up can be published as it is, or not at all.",
  );
}
