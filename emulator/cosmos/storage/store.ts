import { DatabaseSync } from "node:sqlite";
import type { Container } from "../container.ts";
import type { PartitionRange } from "../partitioning/partition-ranges.ts";
import { openCatalogue } from "./catalogue.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import { openResources, type Resources } from "./resources.ts";

/** A range of a container ("dbs/x/colls/y") has something new. */
export type Commit = { readonly container: string; readonly range: string };

/** Everything the account holds. Changes must be made inside `transactions.run`. */
export type Store = {
  readonly transactions: GroupCommit;
  readonly resources: Resources;
  /** Starts a transaction of a range: its LSN, which is saved with the commit. */
  nextLsn(container: Container, range: PartitionRange): number;
  /** Tells about commits once they are durable; gives the call that ends it. */
  onCommit(listener: (commit: Commit) => void): () => void;
  close(): void;
};

export function openStore(file: string): Store {
  const sqlite = openFile(file);
  const catalogue = openCatalogue(sqlite);
  const resources = openResources(sqlite, catalogue);
  resources.load();
  const listeners = new Set<(commit: Commit) => void>();
  /** The ranges whose LSN the open transaction moved. */
  const advanced = new Map<PartitionRange, Container>();

  const transactions = createGroupCommit(sqlite, {
    beforeCommit: () => {
      for (const [{ ordinal, lsn }, { number }] of advanced) {
        catalogue.saveLsn(number, ordinal, lsn);
      }
    },
    afterCommit: () => {
      const commits = [...advanced].map(([{ id }, { link }]) => ({ container: link, range: id }));
      advanced.clear();
      for (const commit of commits) for (const listener of listeners) listener(commit);
    },
    afterRollback: () => {
      advanced.clear();
      resources.load();
    },
  });

  return {
    transactions,
    resources,
    nextLsn: (container, range) => {
      range.lsn += 1;
      advanced.set(range, container);
      return range.lsn;
    },
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      transactions.close();
      sqlite.close();
    },
  };
}

/** Two emulators on one file would each give out LSNs of their own: only one gets to open it. */
function openFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    configure(database);
    return database;
  } catch (error) {
    database.close();
    throw new Error(`Can not use ${file}, perhaps another process does.`, { cause: error });
  }
}

/** WAL with a sync at each commit: what was acknowledged survives a crash of the machine. */
function configure(database: DatabaseSync): void {
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  // Larger than usual: a transaction of many documents then touches, and logs, fewer pages.
  database.exec("PRAGMA page_size = 8192");
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA cache_size = -65536");
  database.exec("PRAGMA wal_autocheckpoint = 2000");
}
