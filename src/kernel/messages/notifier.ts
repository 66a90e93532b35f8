/**
 * Tells waiting requests how far their commands have got, within this instance. Where the functions share a process (locally,
 * or on a dedicated plan) a waiting request is told at once; elsewhere it finds out by looking. To be told nothing means
 * nothing.
 */
import { type Commit, type Outcome, outcomesOf, type StoredEvent } from "./commit.ts";

/** How far a command has got. */
export type Progress = {
  readonly point: "handled" | "visible";
  readonly outcome: Outcome;
  /** What it brought about. */
  readonly events: readonly StoredEvent[];
  readonly at: string;
};

export type Notifier = {
  notify(point: Progress["point"], commit: Commit): void;
  /** Calls back when one of these commands of a stream has got further, until the answered function is called. */
  subscribe(
    stream: string,
    commandIds: readonly string[],
    listener: (progress: Progress) => void,
  ): () => void;
};

export function notifier(): Notifier {
  const listeners = new Map<string, Set<(progress: Progress) => void>>();
  const keyOf = (stream: string, commandId: string): string => `${stream}/${commandId}`;

  return {
    notify(point, commit) {
      if (listeners.size === 0) return;
      const { stream, at } = commit;
      for (const { outcome, events } of outcomesOf(commit))
        for (const listener of listeners.get(keyOf(stream, outcome.commandId)) ?? [])
          listener({ point, outcome, events, at });
    },
    subscribe(stream, commandIds, listener) {
      const keys = commandIds.map((commandId) => keyOf(stream, commandId));
      for (const key of keys) {
        const existing = listeners.get(key);
        if (existing === undefined) listeners.set(key, new Set([listener]));
        else existing.add(listener);
      }
      return () => {
        for (const key of keys) {
          const remaining = listeners.get(key);
          remaining?.delete(listener);
          if (remaining?.size === 0) listeners.delete(key);
        }
      };
    },
  };
}
