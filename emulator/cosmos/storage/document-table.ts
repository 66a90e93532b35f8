import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { IndexTerm } from "../indexing/index-terms.ts";

export type StoredDocument = {
  /** See positions.ts. */
  readonly position: number;
  /** Identity of the logical partition. */
  readonly partition: string;
  readonly id: string;
  /** The position at which it was created: its `_rid` derives from it. */
  readonly created: number;
  /** Seconds since the epoch of the last write. */
  readonly ts: number;
  /** Seconds to live: null inherits from the container, -1 never expires. */
  readonly ttl: number | null;
  /** The JSON text with its server-made properties, as reads answer it. */
  readonly body: string;
};

/** The documents of one container with their indexes. Writes belong to the open transaction. */
export type DocumentTable = {
  find(partition: string, id: string): StoredDocument | undefined;
  insert(document: StoredDocument): void;
  /** Puts the new form of a document in the place of the one at `position`. */
  replace(position: number, document: StoredDocument): void;
  remove(position: number): void;

  /** Rows with `from` <= position < `to`, in order, reading as the caller pulls. */
  between(from: number, to: number): IterableIterator<StoredDocument>;
  /** The same for one logical partition alone. */
  partitionBetween(partition: string, from: number, to: number): IterableIterator<StoredDocument>;
  /** The documents whose (partition, id) lies after the given one, in that order. */
  after(partition: string, id: string, endPartition: string): IterableIterator<StoredDocument>;
  /** Position and time of the first row at or after `from`. */
  firstAt(from: number, to: number): { position: number; ts: number } | undefined;
  /** Documents with a time to live of their own that ended by `now` (seconds). */
  expiredByOwnTtl(now: number, limit: number): readonly StoredDocument[];

  addTerm(partition: string, id: string, term: IndexTerm): void;
  removeTerm(partition: string, id: string, term: IndexTerm): void;
  clearTerms(): void;

  /** The id of the document that holds a unique key, if one does. */
  uniqueKeyHolder(partition: string, rule: number, key: string): string | undefined;
  addUniqueKey(partition: string, rule: number, key: string, id: string): void;
  removeUniqueKey(partition: string, rule: number, key: string): void;

  /** A statement over the tables, compiled once. The text may name `documents` and `terms`. */
  statement(sql: string): StatementSync;
};

export function createDocumentTables(database: DatabaseSync, container: number): void {
  database.exec(`
    CREATE TABLE documents_${container} (
      position INTEGER PRIMARY KEY,
      partition TEXT NOT NULL,
      id TEXT NOT NULL,
      created INTEGER NOT NULL,
      ts INTEGER NOT NULL,
      ttl INTEGER,
      body TEXT NOT NULL,
      UNIQUE (partition, id)
    ) STRICT;
    CREATE INDEX expiry_${container} ON documents_${container} (ts + ttl) WHERE ttl > 0;
    CREATE TABLE terms_${container} (
      partition TEXT NOT NULL,
      path TEXT NOT NULL,
      kind INTEGER NOT NULL,
      value ANY NOT NULL,
      id TEXT NOT NULL,
      PRIMARY KEY (partition, path, kind, value, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE unique_keys_${container} (
      partition TEXT NOT NULL,
      rule INTEGER NOT NULL,
      key TEXT NOT NULL,
      id TEXT NOT NULL,
      PRIMARY KEY (partition, rule, key)
    ) STRICT, WITHOUT ROWID;
  `);
}

export function dropDocumentTables(database: DatabaseSync, container: number): void {
  database.exec(`
    DROP TABLE documents_${container};
    DROP TABLE terms_${container};
    DROP TABLE unique_keys_${container};
  `);
}

export function openDocumentTable(database: DatabaseSync, container: number): DocumentTable {
  const statement = createStatementCache(database, container);
  const columns = "position, partition, id, created, ts, ttl, body";
  const select = `SELECT ${columns} FROM documents WHERE`;
  const find = statement(`${select} partition = ? AND id = ?`);
  const insert = statement(`INSERT INTO documents (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const replace = statement(
    "UPDATE documents SET position = ?, ts = ?, ttl = ?, body = ? WHERE position = ?",
  );
  const remove = statement("DELETE FROM documents WHERE position = ?");
  const inRange = "position >= ? AND position < ? ORDER BY position";
  const between = statement(`${select} ${inRange}`);
  // The unary plus keeps SQLite from walking the whole range for the sake of the order.
  const partitionBetween = statement(
    `${select} partition = ? AND ${inRange.replaceAll("position", "+position")}`,
  );
  const firstAt = statement(`SELECT position, ts FROM documents WHERE ${inRange} LIMIT 1`);
  const after = statement(
    `${select} (partition, id) > (?, ?) AND partition < ? ORDER BY partition, id`,
  );
  const expiredByOwnTtl = statement(`${select} ttl > 0 AND ts + ttl <= ? LIMIT ?`);

  return {
    statement,
    find: (partition, id) => find.get(partition, id) as StoredDocument | undefined,
    insert: ({ position, partition, id, created, ts, ttl, body }) => {
      insert.run(position, partition, id, created, ts, ttl, body);
    },
    replace: (oldPosition, { position, ts, ttl, body }) => {
      replace.run(position, ts, ttl, body, oldPosition);
    },
    remove: (position) => {
      remove.run(position);
    },
    between: (from, to) => between.iterate(from, to) as unknown as DocumentIterator,
    partitionBetween: (partition, from, to) =>
      partitionBetween.iterate(partition, from, to) as unknown as DocumentIterator,
    after: (partition, id, end) => after.iterate(partition, id, end) as unknown as DocumentIterator,
    firstAt: (from, to) => firstAt.get(from, to) as { position: number; ts: number } | undefined,
    expiredByOwnTtl: (now, limit) => expiredByOwnTtl.all(now, limit) as unknown as StoredDocument[],
    ...termStatements(statement),
    ...uniqueKeyStatements(statement),
  };
}

type DocumentIterator = IterableIterator<StoredDocument>;
type Compile = DocumentTable["statement"];

function termStatements(
  statement: Compile,
): Pick<DocumentTable, "addTerm" | "removeTerm" | "clearTerms"> {
  const add = statement("INSERT INTO terms VALUES (?, ?, ?, ?, ?)");
  const remove = statement(
    "DELETE FROM terms WHERE partition = ? AND path = ? AND kind = ? AND value = ? AND id = ?",
  );
  const clear = statement("DELETE FROM terms");
  return {
    clearTerms: () => {
      clear.run();
    },
    addTerm: (partition, id, { path, kind, value }) => {
      add.run(partition, path, kind, value, id);
    },
    removeTerm: (partition, id, { path, kind, value }) => {
      remove.run(partition, path, kind, value, id);
    },
  };
}

function uniqueKeyStatements(
  statement: Compile,
): Pick<DocumentTable, "uniqueKeyHolder" | "addUniqueKey" | "removeUniqueKey"> {
  const where = "WHERE partition = ? AND rule = ? AND key = ?";
  const holder = statement(`SELECT id FROM unique_keys ${where}`);
  const add = statement("INSERT INTO unique_keys VALUES (?, ?, ?, ?)");
  const remove = statement(`DELETE FROM unique_keys ${where}`);
  return {
    uniqueKeyHolder: (partition, rule, key) =>
      holder.get(partition, rule, key)?.["id"] as string | undefined,
    addUniqueKey: (partition, rule, key, id) => {
      add.run(partition, rule, key, id);
    },
    removeUniqueKey: (partition, rule, key) => {
      remove.run(partition, rule, key);
    },
  };
}

function createStatementCache(database: DatabaseSync, container: number): Compile {
  const prepared = new Map<string, StatementSync>();
  return (sql) => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      const text = sql.replace(/\b(documents|terms|unique_keys)\b/g, `$1_${container}`);
      statement = database.prepare(text);
      prepared.set(sql, statement);
    }
    return statement;
  };
}
