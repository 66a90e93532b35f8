import type { Expression, Query } from "./ast.ts";
import { documentPath, type IndexableFilter, indexableFilters } from "./filters.ts";
import { isGrouped } from "./grouping.ts";
import type { ResumePoint } from "./order.ts";
import { parse } from "./parser.ts";
import { planQuery, type QueryPlan } from "./plan.ts";
import { compileQueryClauses, compileRange } from "./query.ts";
import type { Run } from "./rows.ts";
import { type Frame, nowSlot, type Scope } from "./scope.ts";
import { SqlError } from "./sql-error.ts";
import type { JsonObject, JsonValue, Value } from "./values.ts";

export type { IndexableFilter } from "./filters.ts";
export type { QueryPlan } from "./plan.ts";
export {
  hashedKey,
  isSamePlace,
  type Place,
  type ResumePoint,
  type SortKey,
  sortKey,
} from "./order.ts";
export { queryLimits } from "./query-size.ts";
export { SqlError } from "./sql-error.ts";
export { isArray, isObject, type JsonObject, type JsonValue, property, valueAt } from "./values.ts";

export type QueryParameter = { readonly name: string; readonly value: Value };

/** A query with its parameters, ready to run any number of times. */
export type BoundQuery = {
  /** Usable to seek in an index; the query checks everything again itself. */
  readonly filters: readonly IndexableFilter[];
  /** Empty if there is no ORDER BY, or one by something that is not a plain path. */
  readonly orderBy: readonly OrderPath[];
  /** How many results suffice: TOP, or OFFSET + LIMIT. */
  readonly take?: number;
  /** How many results there are at most: TOP or LIMIT. */
  readonly limit?: number;
  /** Whether each result comes from one place in an order; with DISTINCT there is none. */
  readonly isOrdered: boolean;
  /**
   * Computes the results. With `sorted` the documents already come in `orderBy` order, and no more
   * of them are read than the results need. `from`, for queries with ORDER BY, leaves out what comes
   * before. Throws SqlError if a scalar subquery has many results.
   */
  execute(documents: Iterable<JsonObject>, options: ExecuteOptions): JsonValue[];
};

export type ExecuteOptions = Pick<Run, "sorted" | "from" | "range" | "places">;

type OrderPath = { readonly path: readonly string[]; readonly direction: "ASC" | "DESC" };

export type CompiledQuery = {
  /**
   * Gives the parameters their values; `nowMs` is what the date functions call now. Throws SqlError
   * if a parameter is missing or does not fit TOP, OFFSET or LIMIT.
   */
  bind(parameters: readonly QueryParameter[], nowMs?: number): BoundQuery;
  /** Whether a client must merge the results of several partitions, following the plan. */
  readonly needsMerge: boolean;
  /**
   * The plan for a client to run this query over several partitions, the same whatever the
   * partition keys are: it names the range of all partitions. The parameters only matter if TOP,
   * OFFSET or LIMIT is one. Throws SqlError if the results could not be merged.
   */
  plan(partitionKeyPaths: readonly string[], parameters?: readonly QueryParameter[]): QueryPlan;
};

/**
 * Compiles the text of a query in the Cosmos DB for NoSQL query language. Throws SqlError on
 * anything this engine does not support.
 */
export function compileQuery(text: string): CompiledQuery {
  const compiled = recentlyUsed.get(text) ?? compile(text);
  recentlyUsed.delete(text);
  recentlyUsed.set(text, compiled);
  const [oldest] = recentlyUsed.keys();
  if (recentlyUsed.size > cacheSize && oldest !== undefined) recentlyUsed.delete(oldest);
  return compiled;
}

const cacheSize = 500;

/** Compiled queries by their text, least recently used first. */
const recentlyUsed = new Map<string, CompiledQuery>();

function compile(text: string): CompiledQuery {
  const query = parse(text);
  const parameterSlots = new Map<string, number>();
  let slots = nowSlot + 1;
  const newSlot = (): number => (slots += 1) - 1;
  const parameterSlot = (name: string): number => {
    const slot = parameterSlots.get(name) ?? newSlot();
    parameterSlots.set(name, slot);
    return slot;
  };
  const scope: Scope = {
    text,
    aliases: new Map(),
    isSubquery: false,
    parameterSlot,
    newSlot,
    compileSubquery: (subquery, outer) => {
      const execute = compileQueryClauses(subquery, { ...outer, isSubquery: true });
      return (frame, maximum) => execute({ frame, documents: [], sorted: false }, maximum);
    },
  };
  const execute = compileQueryClauses(query, scope);
  const range = compileRange(query, scope);
  const orderBy = orderPaths(query);

  const createFrame = (values: ReadonlyMap<string, Value>): Frame => {
    const frame: Frame = new Array<Value>(slots).fill(undefined);
    for (const [name, slot] of parameterSlots) frame[slot] = values.get(name);
    return frame;
  };

  const bind = (parameters: readonly QueryParameter[], nowMs = Date.now()): BoundQuery => {
    const values = valuesByName(parameters);
    for (const name of parameterSlots.keys()) {
      if (!values.has(name)) throw new SqlError(`The query needs a value for ${name}.`);
    }
    const frame = createFrame(values);
    frame[nowSlot] = nowMs;
    const { skip, take } = range(frame);
    const filters = indexableFilters(query, (expression) => constant(expression, values));
    return {
      filters,
      orderBy,
      ...(Number.isFinite(take) && { take: skip + take, limit: take }),
      isOrdered: query.orderBy.length > 0 && !query.distinct && !isGrouped(query),
      execute: (documents, options) => {
        for (const point of options.from ?? []) checkResumePoint(query, point);
        const sorted = options.sorted && orderBy.length > 0;
        const run = { ...options, frame, documents, sorted };
        return execute(run, Number.POSITIVE_INFINITY);
      },
    };
  };
  const plan: CompiledQuery["plan"] = (_partitionKeyPaths, parameters = []) =>
    planQuery(query, text, range(createFrame(valuesByName(parameters))));
  return { bind, needsMerge: needsMerge(query), plan };
}

function checkResumePoint({ orderBy }: Query, { keys }: ResumePoint): void {
  if (orderBy.length > 0 && keys.length === orderBy.length) return;
  throw new SqlError("To go on, an ordered query needs one value for each ORDER BY item.");
}

const valuesByName = (parameters: readonly QueryParameter[]): ReadonlyMap<string, Value> =>
  new Map(parameters.map(({ name, value }) => [name, value]));

function constant(expression: Expression, parameters: ReadonlyMap<string, Value>): Value {
  if (expression.kind === "literal") return expression.value;
  if (expression.kind === "parameter") return parameters.get(expression.name);
  if (expression.kind !== "unary" || expression.operator !== "-") return undefined;
  const value = constant(expression.operand, parameters);
  return typeof value === "number" ? -value : undefined;
}

function orderPaths(query: Query): readonly OrderPath[] {
  if (isGrouped(query)) return [];
  const paths = query.orderBy.map(({ value, direction }) => {
    const path = documentPath(query, value);
    return path && { path, direction };
  });
  return paths.every((path) => path !== undefined) ? paths : [];
}

function needsMerge(query: Query): boolean {
  const { distinct, orderBy, top, offset } = query;
  return isGrouped(query) || distinct || orderBy.length > 0 || Boolean(top ?? offset);
}
