import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import type { Container } from "../container.ts";
import type { PartitionKeyComponent } from "../partitioning/effective-partition-key.ts";
import { formatPartitionKey } from "../partitioning/partition-key.ts";
import type { LogicalPartition, PartitionRange } from "../partitioning/partition-ranges.ts";
import type { QueryScope } from "../queries/access-path.ts";
import type { QueryAnswer } from "../queries/answer-query.ts";
import {
  asBadRequest,
  compile,
  parseQueryRequest,
  type QueryRequest,
} from "../queries/compiled-queries.ts";
import type { IndexableFilter, QueryPlan } from "../sql/index.ts";
import type { Account } from "./account.ts";
import { badRequest, type CosmosError, substatus } from "./errors.ts";
import { readPageSize } from "./feed-requests.ts";
import { parseJson } from "./json-body.ts";
import { feedBody, respond } from "./responses.ts";

/** Answers a query, or the request for the plan by which a client runs it over all ranges. */
export function handleQuery(
  account: Account,
  link: string,
  { headers, body }: WireRequest,
): Promise<WireResponse> {
  const query = parseQueryRequest(body);
  if (headers["x-ms-cosmos-is-query-plan-request"]?.toLowerCase() === "true") {
    const plan = planOf(account.container(link), query);
    return Promise.resolve(respond({ status: 200, body: JSON.stringify(plan), charge: 0 }));
  }
  return serveQuery(account, link, { headers, query });
}

/** Answers a plain read of all documents, page by page. */
export function handleReadFeed(
  account: Account,
  link: string,
  { headers }: WireRequest,
): Promise<WireResponse> {
  const query = { text: "SELECT * FROM c", parameters: [] };
  return serveQuery(account, link, {
    headers: { ...headers, "x-ms-documentdb-query-enablecrosspartition": "true" },
    query,
  });
}

type HeadersAndQuery = Pick<WireRequest, "headers"> & { readonly query: QueryRequest };

function serveQuery(
  account: Account,
  link: string,
  { headers, query }: HeadersAndQuery,
): Promise<WireResponse> {
  const key = headers["x-ms-documentdb-partitionkey"];
  const partitionKey = key === undefined ? undefined : (parseJson(key) as readonly unknown[]);
  return account.withFaults({ operation: "query", container: link, partitionKey }, () => {
    const container = account.container(link);
    const { scope, ranges } = readScope(container, headers, query);
    const answer = account.metered(container, ranges, () =>
      account.queries.answer(scope, query, {
        continuation: headers["x-ms-continuation"],
        pageSize: readPageSize(headers),
        nowMs: account.clock.now(),
      }),
    );
    const { results, continuation, charge } = answer;
    return Promise.resolve(
      respond({
        ...{ status: 200, body: feedBody(container.rid, "Documents", results), charge, container },
        ...{ ranges, itemCount: results.length, continuation },
        headers: queryMetrics(headers, answer),
      }),
    );
  });
}

type ReadScope = { readonly scope: QueryScope; readonly ranges: readonly PartitionRange[] };

/** The part of the container that the headers, or the conditions of the query, name. */
function readScope(
  container: Container,
  headers: WireRequest["headers"],
  query: QueryRequest,
): ReadScope {
  const { partitioning } = container;
  const keyHeader = headers["x-ms-documentdb-partitionkey"];
  if (keyHeader !== undefined && !partitioning.isPrefix(keyHeader)) {
    return partitionScope(container, partitioning.partition(keyHeader));
  }
  if (keyHeader !== undefined && keyHeader !== "[]") {
    const { range, ...slice } = partitioning.slice(keyHeader);
    return { scope: { container, ...slice, partition: undefined }, ranges: [range] };
  }
  const rangeId = headers["x-ms-documentdb-partitionkeyrangeid"];
  if (rangeId !== undefined) {
    const range = partitioning.range(rangeId);
    const minInclusive = headers["x-ms-start-epk"] ?? range.minInclusive;
    const maxExclusive = headers["x-ms-end-epk"] ?? range.maxExclusive;
    return {
      scope: { container, minInclusive, maxExclusive, partition: undefined },
      ranges: [range],
    };
  }
  const pinned = pinnedPartition(container, query);
  if (pinned !== undefined) return partitionScope(container, pinned);
  checkCrossPartition(container, headers, query);
  const whole = { minInclusive: "", maxExclusive: "FF", partition: undefined };
  return { scope: { container, ...whole }, ranges: partitioning.ranges };
}

function partitionScope(container: Container, { identity, range }: LogicalPartition): ReadScope {
  const scope = {
    container,
    minInclusive: identity,
    maxExclusive: `${identity}G`,
    partition: identity,
  };
  return { scope, ranges: [range] };
}

/** The logical partition that the conditions of a query leave, if it is only one. */
function pinnedPartition(container: Container, query: QueryRequest): LogicalPartition | undefined {
  const { filters } = asBadRequest(() => compile(query.text).bind(query.parameters));
  const values = container.partitionKeyPaths.map((path) => equalValue(filters, path));
  if (values.some((value) => value === undefined)) return undefined;
  return container.partitioning.partition(formatPartitionKey(values));
}

function equalValue(
  filters: readonly IndexableFilter[],
  path: readonly string[],
): PartitionKeyComponent {
  const found = filters.find(
    (filter) => filter.operator === "=" && filter.path.join("\n") === path.join("\n"),
  );
  return typeof found?.value === "object" && found.value !== null ? undefined : found?.value;
}

/**
 * The gateway serves a query over all ranges only if the results need no merging; otherwise it
 * hands out the plan, by which the SDK queries range by range and merges.
 */
function checkCrossPartition(
  container: Container,
  headers: WireRequest["headers"],
  query: QueryRequest,
): void {
  if (headers["x-ms-documentdb-query-enablecrosspartition"]?.toLowerCase() !== "true") {
    throw badRequest(
      "Cross partition query is required but disabled. Set " +
        "x-ms-documentdb-query-enablecrosspartition to true or name a partition key.",
    );
  }
  if (container.partitioning.ranges.length === 1 || !compile(query.text).needsMerge) return;
  throw notServable(planOf(container, query));
}

function notServable(plan: QueryPlan): CosmosError {
  return badRequest(
    "The provided cross partition query can not be directly served by the gateway. This is a " +
      "first chance (internal) exception that all newer clients will know how to handle gracefully.",
    {
      substatus: substatus.crossPartitionQueryNotServable,
      additionalErrorInfo: JSON.stringify(plan),
    },
  );
}

function planOf(container: Container, query: QueryRequest): QueryPlan {
  const paths = container.partitionKeyPaths.map((path) => `/${path.join("/")}`);
  const plan = asBadRequest(() => compile(query.text).plan(paths, query.parameters));
  const pinned = pinnedPartition(container, query);
  if (pinned === undefined) return plan;
  const { effectiveKey } = pinned;
  const range = { min: effectiveKey, max: effectiveKey };
  return { ...plan, queryRanges: [{ ...range, isMinInclusive: true, isMaxInclusive: true }] };
}

/** Only what is counted here is told; times would be those of another engine. */
function queryMetrics(
  headers: WireRequest["headers"],
  { results, documentsRead }: QueryAnswer,
): Record<string, string> {
  if (headers["x-ms-documentdb-populatequerymetrics"]?.toLowerCase() !== "true") return {};
  const metrics = { retrievedDocumentCount: documentsRead, outputDocumentCount: results.length };
  const text = Object.entries(metrics).map(([name, value]) => `${name}=${value}`);
  return { "x-ms-documentdb-query-metrics": text.join(";") };
}
