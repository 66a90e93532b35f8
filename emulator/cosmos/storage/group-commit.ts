import type { DatabaseSync } from "node:sqlite";
import { CosmosError } from "../protocol/errors.ts";

/** All requests that wait when a commit is due share one transaction and one fsync. */
export type GroupCommit = {
  /**
   * Runs `work` in the next transaction. The promise settles only after the commit: with what
   * `work` returned, or with what it threw, in which case none of its changes remain.
   */
  run<T>(work: () => T): Promise<T>;
  /** Resolves when everything that was waiting is committed; later work is refused. */
  close(): Promise<void>;
};

export type CommitHooks = {
  /** Called inside the transaction, last. */
  beforeCommit(): void;
  afterCommit(): void;
  /** The whole group was undone. */
  afterRollback(): void;
};

type Waiting = {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
};

export function createGroupCommit(database: DatabaseSync, hooks: CommitHooks): GroupCommit {
  const savepoint = database.prepare("SAVEPOINT request");
  const release = database.prepare("RELEASE request");
  const undo = database.prepare("ROLLBACK TO request");
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  let waiting: Waiting[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let closed = false;

  /** Runs one request; gives the call that settles it once its fate is on disk. */
  const perform = ({ work, resolve, reject }: Waiting): (() => void) => {
    savepoint.run();
    try {
      const result = work();
      return () => {
        resolve(result);
      };
    } catch (error) {
      undo.run();
      return () => {
        reject(error);
      };
    } finally {
      release.run();
    }
  };

  const flush = (): void => {
    scheduled = undefined;
    const group = waiting;
    waiting = [];
    const settle: (() => void)[] = [];
    try {
      begin.run();
      for (const request of group) settle.push(perform(request));
      hooks.beforeCommit();
      commit.run();
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      hooks.afterRollback();
      const message = `The storage refused a transaction: ${String(error)}`;
      for (const { reject } of group) reject(new CosmosError(503, message));
      return;
    }
    for (const call of settle) call();
    hooks.afterCommit();
  };

  return {
    run: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (closed) {
          reject(new CosmosError(503, "The store is closed."));
          return;
        }
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        scheduled ??= setImmediate(flush);
      }),
    close: async () => {
      closed = true;
      if (scheduled !== undefined) {
        clearImmediate(scheduled);
        flush();
      }
      await Promise.resolve();
    },
  };
}
