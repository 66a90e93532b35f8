/** Change feed of `commands` → commits in `events`. */
import type { CommandEnvelope } from "../commands/command.ts";
import { groupByStream, type PerStream, type StageWork } from "../recovery/per-stream.ts";
import type { StreamWriter } from "./stream-writer.ts";

/** Handles commands of any streams; each is handled, or parked, when this returns. */
export type HandleCommands = (commands: readonly CommandEnvelope[]) => Promise<void>;

export function handleCommands(writer: StreamWriter, perStream: PerStream): HandleCommands {
  const work: StageWork<CommandEnvelope> = {
    stage: "handling",
    handle: (stream, commands) => writer.handle(stream, commands),
    identify: ({ commandId, traceparent }) => ({ id: commandId, traceparent }),
  };
  return (commands) => perStream(work, groupByStream(commands));
}
