import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

/** A database or container as stored; `body` is its JSON without server-made properties. */
export type CatalogueRow = {
  readonly number: number;
  readonly parent: number;
  readonly id: string;
  readonly body: string;
  readonly ts: number;
  readonly revision: number;
};

type RangeRow = { readonly ordinal: number; readonly minInclusive: string; lsn: number };

/** Databases, containers and their ranges. Changes take part in the transaction that is open. */
export type Catalogue = {
  databases(): readonly CatalogueRow[];
  containers(): readonly CatalogueRow[];
  insert(kind: CatalogueKind, row: Omit<CatalogueRow, "number">): number;
  update(kind: CatalogueKind, row: CatalogueRow): void;
  remove(kind: CatalogueKind, number: number): void;
  ranges(container: number): readonly RangeRow[];
  insertRange(container: number, range: RangeRow): void;
  saveLsn(container: number, ordinal: number, lsn: number): void;
};

type CatalogueKind = "databases" | "containers";

/** Numbers are never used twice, so that resource ids are not either. */
const schema = `
  CREATE TABLE IF NOT EXISTS databases (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    parent INTEGER NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    ts INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    UNIQUE (parent, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS containers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    parent INTEGER NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    ts INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    UNIQUE (parent, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS ranges (
    container INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    min_inclusive TEXT NOT NULL,
    lsn INTEGER NOT NULL,
    PRIMARY KEY (container, ordinal)
  ) STRICT, WITHOUT ROWID;
`;

export function openCatalogue(database: DatabaseSync): Catalogue {
  database.exec(schema);
  const insertRange = database.prepare("INSERT INTO ranges VALUES (?, ?, ?, ?)");
  const saveLsn = database.prepare("UPDATE ranges SET lsn = ? WHERE container = ? AND ordinal = ?");
  const rows = (kind: CatalogueKind): readonly CatalogueRow[] =>
    database.prepare(`SELECT * FROM ${kind} ORDER BY number`).all().map(readRow);

  return {
    databases: () => rows("databases"),
    containers: () => rows("containers"),
    insert: (kind, { parent, id, body, ts, revision }) =>
      Number(
        database
          .prepare(`INSERT INTO ${kind} (parent, id, body, ts, revision) VALUES (?, ?, ?, ?, ?)`)
          .run(parent, id, body, ts, revision).lastInsertRowid,
      ),
    update: (kind, { number, body, ts, revision }) => {
      database
        .prepare(`UPDATE ${kind} SET body = ?, ts = ?, revision = ? WHERE number = ?`)
        .run(body, ts, revision, number);
    },
    remove: (kind, number) => {
      database.prepare(`DELETE FROM ${kind} WHERE number = ?`).run(number);
      if (kind === "containers") {
        database.prepare("DELETE FROM ranges WHERE container = ?").run(number);
      }
    },
    ranges: (container) =>
      database
        .prepare("SELECT * FROM ranges WHERE container = ? ORDER BY ordinal")
        .all(container)
        .map((row) => ({
          ordinal: Number(row["ordinal"]),
          minInclusive: String(row["min_inclusive"]),
          lsn: Number(row["lsn"]),
        })),
    insertRange: (container, { ordinal, minInclusive, lsn }) => {
      insertRange.run(container, ordinal, minInclusive, lsn);
    },
    saveLsn: (container, ordinal, lsn) => {
      saveLsn.run(lsn, container, ordinal);
    },
  };
}

const readRow = (row: Record<string, SQLOutputValue>): CatalogueRow => ({
  number: Number(row["number"]),
  parent: Number(row["parent"]),
  id: String(row["id"]),
  body: String(row["body"]),
  ts: Number(row["ts"]),
  revision: Number(row["revision"]),
});
