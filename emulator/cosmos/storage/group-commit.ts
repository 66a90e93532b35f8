import type { DatabaseSync } from "node:sqlite";
import { createPerformer, type Waiting } from "../../shared/savepoint.ts";
import { CosmosError } from "../protocol/errors.ts";

/** All requests that wait when a commit is due share one transaction and one fsync. */
export type GroupCommit = {
  /**
   * Runs `work` in the next transaction. The promise settles only after the commit: with what
   * `work` returned, or with what it threw, in which case none of its changes remain.
   */
  run<T>(work: () => T): Promise<T>;
  /** Commits everything that is waiting; later work is refused. */
  close(): void;
};

export type CommitHooks = {
  /** Called inside the transaction, last. */
  beforeCommit(): void;
  afterCommit(): void;
  /** The whole group was undone. */
  afterRollback(): void;
};

/** A larger group would keep everything else in the process waiting. */
const longestGroupMs = 20;

export function createGroupCommit(database: DatabaseSync, hooks: CommitHooks): GroupCommit {
  const perform = createPerformer(database);
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  let waiting: Waiting[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let closed = false;

  /** Commits what waits, or as much of it as one turn of the event loop may take. */
  const runGroup = (): (() => void)[] => {
    const settle: (() => void)[] = [];
    const endAt = performance.now() + longestGroupMs;
    begin.run();
    for (const request of waiting) {
      settle.push(perform(request));
      if (performance.now() > endAt) break;
    }
    hooks.beforeCommit();
    commit.run();
    waiting = waiting.slice(settle.length);
    return settle;
  };

  /** Undoes the group and refuses everything that waits: the storage is not in order. */
  const refuse = (error: unknown): (() => void)[] => {
    if (database.isTransaction) database.exec("ROLLBACK");
    hooks.afterRollback();
    const refusal = new CosmosError(503, `The storage refused a transaction: ${String(error)}`);
    const settle = waiting.map(({ reject }) => () => {
      reject(refusal);
    });
    waiting = [];
    return settle;
  };

  const flush = (): void => {
    scheduled = undefined;
    let settle: (() => void)[];
    try {
      settle = runGroup();
    } catch (error) {
      settle = refuse(error);
    }
    if (waiting.length > 0) scheduled = setImmediate(flush);
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
    close: () => {
      closed = true;
      while (scheduled !== undefined) {
        clearImmediate(scheduled);
        flush();
      }
    },
  };
}
