import type { DatabaseSync } from "node:sqlite";

/** Work that waits for a transaction it shares with others, and whoever waits for its end. */
export type Waiting = {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
};

/** Runs one work of a group on its own savepoint; gives the call that settles its promise. */
export function createPerformer(database: DatabaseSync): (waiting: Waiting) => () => void {
  const savepoint = database.prepare("SAVEPOINT work");
  const release = database.prepare("RELEASE work");
  const undo = database.prepare("ROLLBACK TO work");
  return ({ work, resolve, reject }) => {
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
}
