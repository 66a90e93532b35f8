/** Change feed of `commands` → commits in `events`. */
import type { CommandEnvelope } from "../messages/command.ts";
import type { Model } from "../messages/model.ts";
import { readCommand } from "../messages/read-command.ts";
import type { DeadLetters } from "../parking/dead-letters.ts";
import { identifyCommand } from "../parking/identity.ts";
import type { PerStream } from "../parking/per-stream.ts";
import type { StageWork } from "../parking/stage-work.ts";
import type { StreamWriter } from "./stream-writer.ts";

/** Handles commands of any streams, as they are stored; each is handled, or parked, when this returns. */
export type HandleCommands = (commands: readonly object[]) => Promise<void>;

export function handleCommands(
  model: Model,
  writer: StreamWriter,
  perStream: PerStream,
  deadLetters: Pick<DeadLetters, "isDecided">,
): HandleCommands {
  const work: StageWork<CommandEnvelope> = {
    stage: "handling",
    read: (stored) => readCommand(model, stored),
    handle: (stream, commands) => writer.handle(stream, commands),
    identify: identifyCommand,
    decided: async (_, { stream, id }) =>
      (await deadLetters.isDecided("handling", stream, id)) ? [] : undefined,
  };
  return (commands) => perStream(work, commands);
}
