import { DatabaseSync } from "node:sqlite";
import type { JsonObject } from "../sql/index.ts";
import type { Container, Database, Throughput } from "../container.ts";
import {
  readDefaultTtl,
  readPartitionKeyDefinition,
  readUniqueKeys,
} from "../container-definition.ts";
import { compileIndexingPolicy } from "../indexing/indexing-policy.ts";
import { pathSegments } from "../partitioning/partition-key.ts";
import {
  createPartitioning,
  createRanges,
  type PartitionRange,
} from "../partitioning/partition-ranges.ts";
import { containerResourceId, databaseResourceId, documentResourceIds } from "../resource-ids.ts";
import { type Catalogue, type CatalogueRow, openCatalogue } from "./catalogue.ts";
import { createDocumentTables, dropDocumentTables, openDocumentTable } from "./document-table.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";

export type Commit = { readonly container: string; readonly range: string };

/** Everything the account holds. Changes must be made inside `transactions.run`. */
export type Store = {
  readonly transactions: GroupCommit;
  databases(): readonly Database[];
  database(id: string): Database | undefined;
  containers(database: Database): readonly Container[];
  container(link: string): Container | undefined;
  createDatabase(id: string, ts: number): Database;
  removeDatabase(database: Database): void;
  createContainer(database: Database, settings: ContainerSettings): Container;
  replaceContainer(container: Container, settings: ContainerSettings): Container;
  removeContainer(container: Container): void;
  /** Starts a transaction of a range: its LSN, which is saved with the commit. */
  nextLsn(container: Container, range: PartitionRange): number;
  onCommit(listener: (commit: Commit) => void): () => void;
  close(): Promise<void>;
};

export type ContainerSettings = {
  readonly definition: JsonObject;
  readonly throughput: Throughput | undefined;
  readonly ts: number;
  readonly rangeCount: number;
};

/** WAL with a sync at each commit: what was acknowledged survives a crash of the machine. */
function openFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA cache_size = -65536");
  database.exec("PRAGMA wal_autocheckpoint = 4000");
  return database;
}

export function openStore(file: string): Store {
  const sqlite = openFile(file);
  const catalogue = openCatalogue(sqlite);
  const databases = new Map<string, Database>();
  const containers = new Map<string, Container>();
  const listeners = new Set<(commit: Commit) => void>();
  const advanced = new Map<PartitionRange, Container>();

  /** Reads the catalogue anew; also how the memory is put right after a transaction was undone. */
  const load = (): void => {
    databases.clear();
    containers.clear();
    const byNumber = new Map<number, Database>();
    for (const row of catalogue.databases()) {
      const database = toDatabase(row);
      byNumber.set(row.number, database);
      databases.set(row.id, database);
    }
    for (const row of catalogue.containers()) {
      const database = byNumber.get(row.parent);
      if (database === undefined) throw new Error(`container ${row.id} belongs to no database`);
      const container = openContainer(sqlite, catalogue, database, row);
      containers.set(container.link, container);
    }
  };
  load();

  const transactions = createGroupCommit(sqlite, {
    beforeCommit: () => {
      for (const [{ ordinal, lsn }, { number }] of advanced)
        catalogue.saveLsn(number, ordinal, lsn);
    },
    afterCommit: () => {
      const commits = [...advanced].map(([range, { link }]) => ({
        container: link,
        range: range.id,
      }));
      advanced.clear();
      for (const commit of commits) for (const listener of listeners) listener(commit);
    },
    afterRollback: () => {
      advanced.clear();
      load();
    },
  });

  const removeContainer = (container: Container): void => {
    dropDocumentTables(sqlite, container.number);
    catalogue.remove("containers", container.number);
    containers.delete(container.link);
    for (const range of container.partitioning.ranges) advanced.delete(range);
  };

  return {
    transactions,
    databases: () => [...databases.values()],
    database: (id) => databases.get(id),
    containers: (database) =>
      [...containers.values()].filter((container) => container.database === database),
    container: (link) => containers.get(link),
    createDatabase: (id, ts) => {
      const row = { parent: 0, id, body: "{}", ts, revision: 1 };
      const database = toDatabase({ ...row, number: catalogue.insert("databases", row) });
      databases.set(id, database);
      return database;
    },
    removeDatabase: (database) => {
      for (const container of containers.values()) {
        if (container.database === database) removeContainer(container);
      }
      catalogue.remove("databases", database.number);
      databases.delete(database.id);
    },
    createContainer: (database, settings) => {
      const row = newContainerRow(database, settings);
      const number = catalogue.insert("containers", row);
      createDocumentTables(sqlite, number);
      const definition = readPartitionKeyDefinition(settings.definition);
      for (const range of createRanges(settings.rangeCount, definition)) {
        catalogue.insertRange(number, range);
      }
      const container = openContainer(sqlite, catalogue, database, { ...row, number });
      containers.set(container.link, container);
      return container;
    },
    replaceContainer: (container, { definition, throughput, ts }) => {
      const { number, database, id, revision } = container;
      const body = JSON.stringify({ definition, throughput });
      const row = { number, parent: database.number, id, body, ts, revision: revision + 1 };
      catalogue.update("containers", row);
      const replaced = { ...container, ...readSettings(row), ts, revision: row.revision };
      containers.set(container.link, replaced);
      return replaced;
    },
    removeContainer,
    nextLsn: (container, range) => {
      range.lsn += 1;
      advanced.set(range, container);
      return range.lsn;
    },
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      await transactions.close();
      sqlite.close();
    },
  };
}

const toDatabase = ({ number, id, ts }: CatalogueRow): Database => ({
  number,
  id,
  ts,
  rid: databaseResourceId(number),
});

function newContainerRow(
  database: Database,
  { definition, throughput, ts }: ContainerSettings,
): Omit<CatalogueRow, "number"> {
  const id = String(definition["id"]);
  const body = JSON.stringify({ definition, throughput });
  return { parent: database.number, id, body, ts, revision: 1 };
}

/** What of a container can change after its creation. */
type Settings = Pick<
  Container,
  "definition" | "throughput" | "indexing" | "uniqueKeys" | "defaultTtl"
>;

function readSettings({ body }: Pick<CatalogueRow, "body">): Settings {
  const { definition, throughput } = JSON.parse(body) as Pick<
    ContainerSettings,
    "definition" | "throughput"
  >;
  return {
    definition,
    throughput,
    indexing: compileIndexingPolicy(definition["indexingPolicy"] as JsonObject),
    uniqueKeys: readUniqueKeys(definition),
    defaultTtl: readDefaultTtl(definition),
  };
}

function openContainer(
  sqlite: DatabaseSync,
  catalogue: Catalogue,
  database: Database,
  row: CatalogueRow,
): Container {
  const settings = readSettings(row);
  const partitionKey = readPartitionKeyDefinition(settings.definition);
  const saved = catalogue.ranges(row.number);
  const ranges = createRanges(saved.length, partitionKey);
  for (const [index, range] of ranges.entries()) range.lsn = saved[index]?.lsn ?? 0;
  const link = `dbs/${database.id}/colls/${row.id}`;
  const rid = containerResourceId(database.number, row.number);
  return {
    ...settings,
    number: row.number,
    database,
    id: row.id,
    link,
    rid,
    ts: row.ts,
    revision: row.revision,
    partitionKeyPaths: partitionKey.paths.map(pathSegments),
    partitioning: createPartitioning(partitionKey, ranges),
    documents: openDocumentTable(sqlite, row.number),
    documentRid: documentResourceIds(database.number, row.number),
    headers: {
      "content-type": "application/json",
      "x-ms-alt-content-path": encodeURI(link),
      "x-ms-content-path": rid,
    },
  };
}
