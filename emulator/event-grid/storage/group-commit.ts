import type { DatabaseSync } from "node:sqlite";

/** Work that waits when a commit is due shares one transaction and one wait for the disk. */
export type GroupCommit = {
  /** Runs `work` in the next transaction; settles once its changes are durable, or undone. */
  run<T>(work: () => T): Promise<T>;
  /**
   * The same for changes that nobody waits for and that a crash may lose: they join the next
   * transaction, or make one of their own a moment later.
   */
  join(work: () => void): void;
  /** Commits what is waiting. */
  flush(): void;
};

type Waiting = {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
};

/** How long changes that nobody waits for may wait for company. */
const joinDelayMs = 20;

/** `onFailure` is told when a transaction failed, also for changes that nobody waits for. */
export function createGroupCommit(
  database: DatabaseSync,
  onFailure: (error: unknown) => void,
): GroupCommit {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  let waiting: Waiting[] = [];
  let urgent: NodeJS.Immediate | undefined;
  let relaxed: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearImmediate(urgent);
    clearTimeout(relaxed);
    urgent = undefined;
    relaxed = undefined;
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    try {
      begin.run();
      const settle = group.map(({ work, resolve }) => {
        const value = work();
        return () => {
          resolve(value);
        };
      });
      commit.run();
      for (const call of settle) call();
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      onFailure(error);
      for (const { reject } of group) reject(error);
    }
  };

  return {
    run: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        urgent ??= setImmediate(flush);
      }),
    join: (work) => {
      waiting.push({ work, resolve: () => undefined, reject: () => undefined });
      if (urgent === undefined) relaxed ??= setTimeout(flush, joinDelayMs);
    },
    flush,
  };
}
