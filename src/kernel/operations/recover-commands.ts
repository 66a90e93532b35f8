/** What is done about parked commands. */
import type { CommandEnvelope } from "../messages/command.ts";
import type { Model } from "../messages/model.ts";
import { readCommand, readEnvelope } from "../messages/read-command.ts";
import { outcomesOf } from "../messages/commit.ts";
import type { EventStore } from "../store/event-store.ts";
import { discarded } from "../messages/rejections.ts";
import { safeId, streamForm } from "../messages/stored-values.ts";
import type { StreamWriter } from "../handling/stream-writer.ts";
import { Malformed } from "../../platform/malformed.ts";
import type { DeadLetter } from "../parking/letter.ts";
import type { Originals } from "./originals.ts";
import { nothingAllowed, type StageRecovery } from "./stage-recovery.ts";

type Dependencies = {
  readonly model: Model;
  readonly writer: StreamWriter;
  readonly store: Pick<EventStore, "findByCommands">;
  readonly originals: Originals;
};

export function recoverCommands({ model, writer, store, originals }: Dependencies): StageRecovery {
  const handle = (command: CommandEnvelope): Promise<void> =>
    writer.handle(command.stream, [command]);

  /** Whether its outcome is that it was discarded, and not one that it had before. */
  const isRejected = async ({ stream, commandId }: CommandEnvelope): Promise<boolean> => {
    const commits = await store.findByCommands(stream, [commandId]);
    const outcomes = commits.flatMap((commit) => [...outcomesOf(commit)]);
    const found = outcomes.find(({ outcome }) => outcome.commandId === commandId)?.outcome;
    return found?.status === "rejected" && found.code === discarded.code;
  };

  return {
    allows: ({ attempts }) => (attempts === 0 ? nothingAllowed : { repair: true, discard: true }),
    replay: async (letter) => handle(readCommand(model, await originals.message(letter))),
    async checkRepair(letter, message) {
      checkIdentity(letter, await originals.message(letter), readCommand(model, message));
    },
    repair: (_, message) => handle(readCommand(model, message)),
    checkDiscard: () => Promise.resolve(),
    async discard(letter) {
      const command = readEnvelope(model, await originals.message(letter));
      if (command === undefined) return "dropped";
      // Its outcome answers whoever asks for its status, and keeps it from being handled if it comes again.
      await writer.handle(command.stream, [{ ...command, isDiscarded: true }]);
      return (await isRejected(command)) ? "rejected" : "too_late";
    },
  };
}

/** A command stays what its sender can ask for the status of: only what keeps it from being a command may change. */
function checkIdentity(
  { id, source }: DeadLetter,
  original: object,
  repaired: CommandEnvelope,
): void {
  const { commandId, stream } = original as Partial<Record<string, unknown>>;
  const isSafe = (value: unknown): value is string => safeId.safeParse(value).success;
  const ids = [source?.id, commandId, id];
  const expectedId = ids.find(isSafe);
  const isNamed = typeof stream === "string" && streamForm.test(stream);
  const faults = [
    ...(expectedId !== undefined && repaired.commandId !== expectedId
      ? [{ path: "commandId", message: `must be ${expectedId}, as it is stored` }]
      : []),
    ...(isNamed && repaired.stream !== stream
      ? [{ path: "stream", message: `must be ${stream}, as it is stored` }]
      : []),
  ];
  if (faults.length > 0) throw new Malformed("another command", { faults });
}
