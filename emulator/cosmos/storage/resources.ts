import type { DatabaseSync } from "node:sqlite";
import type { Container, Database } from "../container.ts";
import {
  type ContainerDefinition,
  readDefaultTtl,
  readPartitionKeyDefinition,
  readUniqueKeys,
  type Throughput,
} from "../container-definition.ts";
import { compileIndexingPolicy } from "../indexing/indexing-policy.ts";
import { pathSegments } from "../partitioning/partition-key.ts";
import { createPartitioning, createRanges } from "../partitioning/partition-ranges.ts";
import { containerResourceId, databaseResourceId, documentResourceIds } from "../resource-ids.ts";
import type { Catalogue, CatalogueRow } from "./catalogue.ts";
import { createDocumentTables, dropDocumentTables, openDocumentTable } from "./document-table.ts";

/** The databases and containers, in memory and in the file. Changes need an open transaction. */
export type Resources = {
  databases(): readonly Database[];
  database(id: string): Database | undefined;
  containers(database?: Database): readonly Container[];
  /** The container with the link "dbs/x/colls/y". */
  container(link: string): Container | undefined;
  createDatabase(id: string, ts: number): Database;
  removeDatabase(database: Database): void;
  createContainer(database: Database, settings: ContainerSettings): Container;
  /** Changes what of a container may change; its documents and ranges stay as they are. */
  replaceContainer(container: Container, settings: ContainerSettings): Container;
  removeContainer(container: Container): void;
  /** Reads everything from the file anew; what was handed out before must not be used again. */
  load(): void;
};

type ContainerSettings = {
  readonly definition: ContainerDefinition;
  readonly throughput: Throughput | undefined;
  readonly ts: number;
  readonly rangeCount: number;
};

export function openResources(sqlite: DatabaseSync, catalogue: Catalogue): Resources {
  const databases = new Map<string, Database>();
  const containers = new Map<string, Container>();

  const removeContainer = (container: Container): void => {
    dropDocumentTables(sqlite, container.number);
    catalogue.remove("containers", container.number);
    containers.delete(container.link);
  };

  const resources: Resources = {
    databases: () => [...databases.values()],
    database: (id) => databases.get(id),
    containers: (database) =>
      [...containers.values()].filter(
        (container) => database === undefined || container.database === database,
      ),
    container: (link) => containers.get(link),
    createDatabase: (id, ts) => {
      const row = { parent: 0, id, body: "{}", ts, revision: 1 };
      const database = toDatabase({ ...row, number: catalogue.insert("databases", row) });
      databases.set(id, database);
      return database;
    },
    removeDatabase: (database) => {
      for (const container of resources.containers(database)) removeContainer(container);
      catalogue.remove("databases", database.number);
      databases.delete(database.id);
    },
    createContainer: (database, settings) => {
      const row = toRow(database, settings, 1);
      const number = catalogue.insert("containers", row);
      createDocumentTables(sqlite, number);
      const partitionKey = readPartitionKeyDefinition(settings.definition);
      for (const range of createRanges(settings.rangeCount, partitionKey)) {
        catalogue.insertRange(number, range);
      }
      const container = openContainer(sqlite, catalogue, database, { ...row, number });
      containers.set(container.link, container);
      return container;
    },
    replaceContainer: (container, settings) => {
      const { number, database, revision } = container;
      const row = { ...toRow(database, settings, revision + 1), number };
      catalogue.update("containers", row);
      const { ts, revision: newRevision } = row;
      const replaced = { ...container, ...readSettings(row), ts, revision: newRevision };
      containers.set(container.link, replaced);
      return replaced;
    },
    removeContainer,
    load: () => {
      databases.clear();
      containers.clear();
      for (const row of catalogue.databases()) databases.set(row.id, toDatabase(row));
      for (const row of catalogue.containers()) {
        const database = resources.databases().find(({ number }) => number === row.parent);
        if (database === undefined) throw new Error(`container ${row.id} belongs to no database`);
        const container = openContainer(sqlite, catalogue, database, row);
        containers.set(container.link, container);
      }
    },
  };
  return resources;
}

const toDatabase = ({ number, id, ts }: CatalogueRow): Database => ({
  number,
  id,
  ts,
  rid: databaseResourceId(number),
});

function toRow(
  database: Database,
  { definition, throughput, ts }: ContainerSettings,
  revision: number,
): Omit<CatalogueRow, "number"> {
  const body = JSON.stringify({ definition, throughput });
  return { parent: database.number, id: definition.id, body, ts, revision };
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
    indexing: compileIndexingPolicy(definition.indexingPolicy),
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
