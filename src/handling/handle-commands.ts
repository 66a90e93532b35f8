/** Change feed of `commands` → commits in `events`. */
import type { CommandEnvelope } from "../commands/command.ts";
import { readCommand } from "../commands/stored-commands.ts";
import type { DeadLetters } from "../recovery/dead-letters.ts";
import { identifyCommand } from "../recovery/identity.ts";
import type { PerStream } from "../recovery/per-stream.ts";
import type { StageWork } from "../recovery/stage-work.ts";
import type { StreamWriter } from "./stream-writer.ts";

/** Handles commands of any streams, as they are stored; each is handled, or parked, when this returns. */
export type HandleCommands = (commands: readonly object[]) => Promise<void>;

export function handleCommands(
  writer: StreamWriter,
  perStream: PerStream,
  deadLetters: Pick<DeadLetters, "isDecided">,
): HandleCommands {
  const work: StageWork<CommandEnvelope> = {
    stage: "handling",
    read: readCommand,
    handle: (stream, commands) => writer.handle(stream, commands),
    identify: identifyCommand,
    decided: async (_, { stream, id }) =>
      (await deadLetters.isDecided("handling", stream, id)) ? [] : undefined,
  };
  return (commands) => perStream(work, commands);
}
