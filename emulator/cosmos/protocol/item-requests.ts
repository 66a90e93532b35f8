import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import type { Container } from "../container.ts";
import { parseDocument } from "../items/incoming-document.ts";
import { type ItemResult, type ItemScope, type WriteScope } from "../items/item.ts";
import { parsePatch } from "../items/patch.ts";
import { faultTarget, type ItemOperation, perform } from "../items/perform.ts";
import { read } from "../items/read.ts";
import { extractPartitionKey } from "../partitioning/partition-key.ts";
import type { LogicalPartition } from "../partitioning/partition-ranges.ts";
import { positionOf } from "../storage/positions.ts";
import type { Account } from "./account.ts";
import { badRequest, CosmosError } from "./errors.ts";
import { parseJson } from "./json-body.ts";
import { respond } from "./responses.ts";

/** Answers a request for one item: read, create, upsert, replace, patch or delete. */
export async function handleItem(
  account: Account,
  link: string,
  request: WireRequest,
  id: string | undefined,
): Promise<WireResponse> {
  const operation = parseOperation(request, id);
  const container = account.container(link);
  const { key } = partitionOf(container, request, operation);
  const target = faultTarget(operation, link, key);
  return account.withFaults(target, () => {
    if (operation.kind === "read")
      return Promise.resolve(readItem(account, link, request, operation.id));
    return account.store.transactions.run(() => writeItem(account, link, request, operation));
  });
}

function readItem(account: Account, link: string, request: WireRequest, id: string): WireResponse {
  const container = account.container(link);
  const partition = partitionOf(container, request, { kind: "read", id });
  const scope = itemScope(container, partition, account.clock.now(), request.headers);
  const result = account.metered(container, [partition.range], () => read(scope, id));
  return toResponse(container, partition, result);
}

/** Runs inside a transaction; it looks everything up itself, because it may run a little later. */
function writeItem(
  account: Account,
  link: string,
  request: WireRequest,
  operation: ItemOperation,
): WireResponse {
  const container = account.container(link);
  const partition = partitionOf(container, request, operation);
  const item = itemScope(container, partition, account.clock.now(), request.headers);
  const scope = { ...item, nextPosition: positions(account, container, partition) };
  const result = account.metered(container, [partition.range], () => perform(scope, operation));
  const body = prefersMinimal(request) ? "" : result.body;
  return toResponse(container, partition, { ...result, body });
}

/** A client that prefers a minimal answer gets no document back from what it writes. */
export const prefersMinimal = ({ headers }: WireRequest): boolean =>
  headers["prefer"]?.toLowerCase() === "return=minimal";

function toResponse(
  container: Container,
  { range }: LogicalPartition,
  { status, charge, etag, body }: ItemResult,
): WireResponse {
  return respond({ status, body, charge, etag, container, ranges: [range] });
}

export function itemScope(
  container: Container,
  partition: LogicalPartition,
  nowMs: number,
  headers: Readonly<Record<string, string>>,
): ItemScope {
  const ifMatch = headers["if-match"];
  return { container, partition, nowMs, ifMatch, ifNoneMatch: headers["if-none-match"] };
}

/** Positions for the writes of one transaction: one LSN, taken when the first write needs it. */
export function positions(
  { store }: Account,
  container: Container,
  { range }: LogicalPartition,
): WriteScope["nextPosition"] {
  let lsn: number | undefined;
  let ordinal = -1;
  return () => {
    lsn ??= store.nextLsn(container, range);
    ordinal += 1;
    return positionOf(range.ordinal, lsn, ordinal);
  };
}

function partitionOf(
  { partitioning, partitionKeyPaths }: Container,
  { headers }: WireRequest,
  operation: ItemOperation,
): LogicalPartition {
  const header = headers["x-ms-documentdb-partitionkey"];
  if (header !== undefined) return partitioning.partition(header);
  if ("document" in operation) {
    return partitioning.partitionOf(
      extractPartitionKey(operation.document.value, partitionKeyPaths),
    );
  }
  throw badRequest("PartitionKey value must be supplied for this operation.");
}

function parseOperation(
  { method, headers, body }: WireRequest,
  id: string | undefined,
): ItemOperation {
  if (id === undefined) {
    const isUpsert = headers["x-ms-documentdb-is-upsert"]?.toLowerCase() === "true";
    return { kind: isUpsert ? "upsert" : "create", document: parseDocument(body) };
  }
  switch (method) {
    case "GET":
      return { kind: "read", id };
    case "PUT":
      return { kind: "replace", id, document: parseDocument(body) };
    case "PATCH":
      return { kind: "patch", id, patch: parsePatch(parseJson(body)) };
    case "DELETE":
      return { kind: "delete", id };
    default:
      throw new CosmosError(405, `${method} is not allowed on an item.`);
  }
}
