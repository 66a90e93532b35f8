/**
 * Writes commits. Within this instance each stream has one writer at a time: what arrives for a stream while a commit is
 * under way is decided together in the next one. A busy account thus costs fewer commits, not more conflicts; conflicts
 * with other instances are settled by the commit's number.
 */
import type { Commit } from "../messages/commit.ts";
import type { Model } from "../messages/model.ts";
import { type EventStore, headOf, type StreamHead } from "../store/event-store.ts";
import { batchingByKey } from "../../platform/batching.ts";
import { boundedCache } from "../../platform/bounded-cache.ts";
import type { Clock } from "../../platform/clock.ts";
import { retryConflicts } from "../../platform/retry-conflicts.ts";
import { count } from "../../platform/telemetry/metrics.ts";
import { type CommandToDecide, decideCommit, isCertainlyNew } from "./decide-commit.ts";
import { handlingSpans } from "./handling-spans.ts";

export type StreamWriter = {
  /**
   * Handles commands of one stream in order; those handled before change nothing. Throws InvariantBroken, Malformed or
   * DocumentRefused if one of them (and then none of this call) cannot be handled, PlatformFault if the platform is away.
   */
  handle(stream: string, commands: readonly CommandToDecide[]): Promise<void>;
};

type Dependencies = {
  readonly model: Model;
  readonly store: EventStore;
  readonly clock: Clock;
  /** Told of every commit once it is stored. */
  readonly committed: (commit: Commit) => void;
};

/** Commits that others got in first before the platform is told to try again later; a document that is none is `Malformed`. */
const mostConflicts = 16;
/** More commands than these go into the next commit: a document holds 2 MB at most. */
const maxBatchSize = 200;
const warmStreams = 10_000;

export function streamWriter({ model, store, clock, committed }: Dependencies): StreamWriter {
  const heads = boundedCache<StreamHead>(warmStreams);

  /** `false` if another instance was faster. */
  const commitOnce = async (head: StreamHead, fresh: readonly CommandToDecide[]) => {
    const spans = handlingSpans(fresh);
    try {
      const commit = decideCommit(model.of(head.stream), head, spans.commands, clock.now());
      const isFirst = await store.append(commit);
      if (!isFirst) {
        spans.failed(new Error("Another instance was faster: decided again."));
        return false;
      }
      heads.set(head.stream, headOf(commit));
      spans.committed(commit);
      committed(commit);
      return true;
    } catch (error) {
      spans.failed(error);
      throw error;
    }
  };

  const commitTogether = async (stream: string, commands: readonly CommandToDecide[]) => {
    let taken = 0;
    await retryConflicts({ attempts: mostConflicts, on: `stream ${stream}` }, async (conflicts) => {
      const head = heads.get(stream) ?? (await store.load(stream, taken));
      const fresh = await unhandled(store, head, commands);
      if (fresh.length === 0) {
        heads.set(stream, head);
        return true;
      }
      if (await commitOnce(head, fresh)) return true;
      count("saldo.commit.conflicts");
      taken = head.number + 1;
      heads.delete(stream);
      await clock.sleep(Math.random() * 5 * conflicts);
      return false;
    });
  };

  const handle = batchingByKey<readonly CommandToDecide[]>({
    run: async (stream, calls) => {
      try {
        await commitTogether(stream, calls.flat());
      } catch (error) {
        heads.delete(stream);
        throw error;
      }
    },
    fit: fitting,
  });
  return { handle };
}

/** How many of these calls go into one commit. */
function fitting(calls: readonly (readonly CommandToDecide[])[]): number {
  let commands = 0;
  const end = calls.findIndex((call, index) => {
    commands += call.length;
    return index > 0 && commands > maxBatchSize;
  });
  return end === -1 ? calls.length : end;
}

/** The commands that have no outcome yet, each once. */
async function unhandled(
  store: EventStore,
  head: StreamHead,
  commands: readonly CommandToDecide[],
): Promise<readonly CommandToDecide[]> {
  const candidates = new Map(commands.map((command) => [command.commandId, command]));
  const doubtful = [...candidates.values()].filter((command) => !isCertainlyNew(head, command));
  const isEmpty = head.number === 0;
  if (doubtful.length > 0 && !isEmpty) {
    const ids = doubtful.map(({ commandId }) => commandId);
    for (const commit of await store.findByCommands(head.stream, ids))
      for (const id of commit.commandIds) candidates.delete(id);
  }
  return [...candidates.values()];
}
