/**
 * News of commands within this instance. Where the functions share a process (locally, or on a dedicated plan) a waiting
 * request hears at once that its command got further; elsewhere it finds out by looking. Hearing nothing means nothing.
 */
import { type Commit, type Outcome, outcomesOf, type StoredEvent } from "./commit.ts";

export type News = {
  readonly point: "handled" | "visible";
  readonly outcome: Outcome;
  /** What it brought about. */
  readonly events: readonly StoredEvent[];
  readonly at: string;
};

export type Progress = {
  announce(point: News["point"], commit: Commit): void;
  /** Calls back with news of these commands of a stream, until the answered function is called. */
  follow(stream: string, commandIds: readonly string[], listener: (news: News) => void): () => void;
};

export function progress(): Progress {
  const listeners = new Map<string, Set<(news: News) => void>>();
  const keyOf = (stream: string, commandId: string): string => `${stream}/${commandId}`;

  return {
    announce(point, commit) {
      if (listeners.size === 0) return;
      const { stream, at } = commit;
      for (const { outcome, events } of outcomesOf(commit))
        for (const listener of listeners.get(keyOf(stream, outcome.commandId)) ?? [])
          listener({ point, outcome, events, at });
    },
    follow(stream, commandIds, listener) {
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
