import { type BoundQuery, type CompiledQuery, isSamePlace } from "../sql/index.ts";
import { canOrderBy } from "../indexing/indexing-policy.ts";
import { limits } from "../limits.ts";
import { badRequest } from "../protocol/errors.ts";
import type { QueryScope } from "./access-path.ts";
import { chooseAccessPath, resumeAccessPath } from "./choose-access-path.ts";
import { asBadRequest, compile, type QueryRequest } from "./compiled-queries.ts";
import {
  type Continuation,
  readContinuation,
  withoutBigInt,
  writeContinuation,
} from "./continuation.ts";
import { type QueryResults, runStreaming, runWhole } from "./run-query.ts";

export type QueryAnswer = {
  /** Results as JSON texts. */
  readonly results: readonly string[];
  readonly continuation: string | undefined;
  readonly charge: number;
  readonly documentsRead: number;
};

type QueryOptions = {
  readonly continuation: string | undefined;
  readonly pageSize: number;
  readonly nowMs: number;
};

export type QueryRunner = {
  /** Gives one page of a query's results. Throws 400. */
  answer(scope: QueryScope, request: QueryRequest, options: QueryOptions): QueryAnswer;
};

/** Result sets computed as a whole, kept for their next pages; large ones are computed again. */
const kept = { resultSets: 8, charactersEach: 16_000_000 };

export function createQueryRunner(): QueryRunner {
  const resultSets = new Map<string, QueryResults>();

  const whole = (
    scope: QueryScope,
    query: BoundQuery,
    request: QueryRequest,
    { nowMs, pageSize, continuation }: QueryOptions,
  ): QueryAnswer => {
    const start = readContinuation(continuation);
    const key = keyOf(scope, request);
    const known = start === undefined ? undefined : resultSets.get(key);
    const { all, offset } =
      continued(known, start) ?? compute(scope, query, request, { start, nowMs });
    const results = pageOf(all.results, offset, pageSize);
    const end = offset + results.length;
    const hasMore = end < all.results.length;
    resultSets.delete(key);
    if (hasMore) keep(resultSets, key, all);
    return {
      results,
      continuation: hasMore ? writeContinuation(nextStart(all, start, offset, end)) : undefined,
      // The first page pays for all of the work; clients add the pages up.
      charge: start === undefined ? all.charge : 0,
      documentsRead: start === undefined ? all.documentsRead : 0,
    };
  };

  return {
    answer: (scope, request, options) => {
      const compiled = compile(request.text);
      const query = asBadRequest(() => compiled.bind(request.parameters, options.nowMs));
      checkOrder(scope, query);
      const continuation = readContinuation(options.continuation);
      if (continuation === undefined ? canStream(compiled, query, scope) : isPlace(continuation)) {
        return stream(scope, query, { ...options, resume: request.resume }, continuation);
      }
      return whole(scope, query, request, options);
    },
  };
}

/** A result set, and the offset at which a page starts in it. */
type Continued = { readonly all: QueryResults; readonly offset: number };

/** The page in the result set that was kept, if that is still the one of the token. */
function continued(
  all: QueryResults | undefined,
  start: Continuation | undefined,
): Continued | undefined {
  if (all === undefined || start === undefined || start.kind === "place") return undefined;
  const { offset } = start;
  if (start.kind === "offset") return { all, offset };
  return isSamePlace(all.places?.[offset - 1], start.place) ? { all, offset } : undefined;
}

/**
 * Computes the results, those of an ordered query from the place of the token on: whatever was
 * written meanwhile, no page repeats or leaves out what was there all the time.
 */
function compute(
  scope: QueryScope,
  query: BoundQuery,
  { resume }: QueryRequest,
  { start, nowMs }: { readonly start: Continuation | undefined; readonly nowMs: number },
): Continued {
  const path = chooseAccessPath(scope, query);
  const from = resume === undefined ? [] : [resume];
  if (start?.kind !== "row") {
    const all = runWhole(scope, query, path, { nowMs, from });
    return { all, offset: start?.kind === "offset" ? start.offset : 0 };
  }
  const { place, repeated, given } = start;
  const take = (query.limit ?? Number.POSITIVE_INFINITY) - given + repeated;
  const all = runWhole(scope, query, path, {
    nowMs,
    from: [...from, { ...place, exclude: false }],
    range: { skip: 0, take: Math.max(take, 0) },
  });
  const same = all.places?.findIndex((other) => !isSamePlace(other, place)) ?? 0;
  return { all, offset: Math.min(repeated, same === -1 ? all.results.length : same) };
}

/** Where the page after this one starts, which ends before `end`. */
function nextStart(
  { places }: QueryResults,
  start: Continuation | undefined,
  offset: number,
  end: number,
): Continuation {
  const place = places?.[end - 1];
  if (places === undefined || place === undefined) return { kind: "offset", offset: end };
  const other = places.slice(0, end).findLastIndex((one) => !isSamePlace(one, place));
  const before = start?.kind === "row" ? start.given : 0;
  return {
    kind: "row",
    place,
    repeated: end - 1 - other,
    given: before + end - offset,
    offset: end,
  };
}

/** The same request on unchanged data has the same results. */
function keyOf(
  { container, minInclusive, maxExclusive }: QueryScope,
  { text, parameters, resume }: QueryRequest,
): string {
  const { number, revision, partitioning } = container;
  const lsns = partitioning.ranges.map(({ lsn }) => lsn);
  const place = [number, revision, minInclusive, maxExclusive];
  return JSON.stringify([...place, ...lsns, text, parameters, resume], withoutBigInt);
}

function keep(resultSets: Map<string, QueryResults>, key: string, all: QueryResults): void {
  const characters = all.results.reduce((sum, { length }) => sum + length, 0);
  if (characters > kept.charactersEach) return;
  const [oldest] = resultSets.keys();
  if (resultSets.size >= kept.resultSets && oldest !== undefined) resultSets.delete(oldest);
  resultSets.set(key, all);
}

function stream(
  scope: QueryScope,
  query: BoundQuery,
  { pageSize, nowMs, resume }: QueryOptions & Pick<QueryRequest, "resume">,
  continuation: Continuation | undefined,
): QueryAnswer {
  const place = continuation?.kind === "place" ? continuation : undefined;
  const path =
    place === undefined
      ? chooseAccessPath(scope, query)
      : resumeAccessPath(scope, query, place.path);
  if (path === undefined) throw badRequest("The continuation token is not for this query.");
  const options = { start: place, size: pageSize, nowMs, resume };
  const { next, ...page } = runStreaming(scope, query, path, options);
  return {
    ...page,
    continuation: next && writeContinuation({ kind: "place", path: path.name, ...next }),
  };
}

/** Whether each result comes from one document, and the documents can be read in result order. */
function canStream(compiled: CompiledQuery, query: BoundQuery, scope: QueryScope): boolean {
  if (!compiled.needsMerge) return true;
  if (query.orderBy.length === 0 || query.take !== undefined) return false;
  const { queryInfo } = asBadRequest(() => compiled.plan([]));
  return queryInfo.distinctType === "None" && chooseAccessPath(scope, query).sorted;
}

const isPlace = ({ kind }: Continuation): boolean => kind === "place";

function pageOf(results: readonly string[], offset: number, size: number): readonly string[] {
  let bytes = 0;
  let end = offset;
  while (end < results.length && end - offset < size && bytes < limits.pageBytes) {
    bytes += results[end]?.length ?? 0;
    end += 1;
  }
  return results.slice(offset, end);
}

/** The service orders by index only (documentation: "Indexing policies", "Composite indexes"). */
function checkOrder({ container: { indexing } }: QueryScope, { orderBy }: BoundQuery): void {
  if (orderBy.length === 1) {
    for (const { path } of orderBy) {
      if (canOrderBy(path, indexing)) continue;
      throw badRequest(
        "The order-by item requires a range index to be defined on the corresponding index path.",
      );
    }
  }
  if (orderBy.length < 2) return;
  const wanted = orderBy.map(({ path, direction }) => ({ path, isAscending: direction === "ASC" }));
  const isServed = indexing.composites.some(
    (composite) =>
      composite.length === wanted.length &&
      composite.every(({ path }, i) => path.join("\n") === wanted[i]?.path.join("\n")) &&
      new Set(composite.map(({ isAscending }, i) => isAscending === wanted[i]?.isAscending))
        .size === 1,
  );
  if (isServed) return;
  throw badRequest(
    "The order by query does not have a corresponding composite index that it can be served from.",
  );
}
