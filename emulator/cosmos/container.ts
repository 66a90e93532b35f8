import type { ContainerDefinition, Throughput } from "./container-definition.ts";
import type { IndexingPolicy } from "./indexing/indexing-policy.ts";
import type { Partitioning } from "./partitioning/partition-ranges.ts";
import type { DocumentTable, StoredDocument } from "./storage/document-table.ts";

export type Database = {
  readonly number: number;
  readonly id: string;
  readonly rid: string;
  readonly ts: number;
};

/** A container ready for use: its definition parsed, its tables open. */
export type Container = {
  readonly number: number;
  readonly database: Database;
  readonly id: string;
  /** "dbs/x/colls/y" */
  readonly link: string;
  readonly rid: string;
  readonly ts: number;
  readonly revision: number;
  /** The body that created or last replaced it, with the service's defaults filled in. */
  readonly definition: ContainerDefinition;
  readonly throughput: Throughput | undefined;
  readonly partitionKeyPaths: readonly (readonly string[])[];
  readonly partitioning: Partitioning;
  readonly indexing: IndexingPolicy;
  /** Each constraint as the paths of its values. */
  readonly uniqueKeys: readonly (readonly (readonly string[])[])[];
  /** Seconds; -1 switches expiry on without a default, undefined switches it off. */
  readonly defaultTtl: number | undefined;
  readonly documents: DocumentTable;
  /** The `_rid` of the document that was created at a position. */
  readonly documentRid: (created: number) => string;
  /** Response headers that are the same for every answer about the container. */
  readonly headers: Readonly<Record<string, string>>;
};

/** Whether the time to live of a document has ended; then it exists for nobody any more. */
export function isExpired(
  document: Pick<StoredDocument, "ts" | "ttl">,
  container: Container,
  nowMs: number,
): boolean {
  if (container.defaultTtl === undefined) return false;
  const ttl = document.ttl ?? container.defaultTtl;
  return ttl > 0 && (document.ts + ttl) * 1000 <= nowMs;
}
