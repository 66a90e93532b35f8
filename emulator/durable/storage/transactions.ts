import type { DatabaseSync } from "node:sqlite";
import { createPerformer, type Waiting } from "../../shared/savepoint.ts";

/** Everything that waits to be written when a commit is due shares one sync of the disk. */
export type Transactions = {
  /**
   * Runs `work` as one transaction, soon. Settles only when it is durable: with what `work`
   * returned, or with what it threw, in which case none of its changes remain.
   */
  write<T>(work: () => T): Promise<T>;
  /** Commits what waits; later work is refused. */
  close(): void;
};

/** A larger group would keep everything else in the process waiting. */
const longestGroupMs = 20;

export function createTransactions(database: DatabaseSync): Transactions {
  const perform = createPerformer(database);
  let waiting: Waiting[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let isClosed = false;

  const commitGroup = (): (() => void)[] => {
    const endAt = performance.now() + longestGroupMs;
    const settle: (() => void)[] = [];
    database.exec("BEGIN IMMEDIATE");
    for (const entry of waiting) {
      settle.push(perform(entry));
      if (performance.now() > endAt) break;
    }
    database.exec("COMMIT");
    waiting = waiting.slice(settle.length);
    return settle;
  };

  const refuse = (error: unknown): (() => void)[] => {
    if (database.isTransaction) database.exec("ROLLBACK");
    const refused = waiting;
    waiting = [];
    return refused.map(({ reject }) => () => {
      reject(error);
    });
  };

  const flush = (): void => {
    scheduled = undefined;
    let settle: (() => void)[];
    try {
      settle = commitGroup();
    } catch (error) {
      settle = refuse(error);
    }
    if (waiting.length > 0) scheduled = setImmediate(flush);
    for (const call of settle) call();
  };

  return {
    write: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (isClosed) {
          reject(new Error("The task hub is closed."));
          return;
        }
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        scheduled ??= setImmediate(flush);
      }),
    close: () => {
      isClosed = true;
      while (scheduled !== undefined) {
        clearImmediate(scheduled);
        flush();
      }
    },
  };
}
