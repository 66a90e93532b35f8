import type { Expression, Query, Select } from "./ast.ts";
import { isGrouped } from "./grouping.ts";
import type { Range } from "./rows.ts";
import { unparse } from "./unparse.ts";
import type { Value } from "./values.ts";

/**
 * The text of the query a client sends to each partition to merge the answers, or "" if it is the
 * original. It must be sound for each partition alone and carry what merging needs.
 */
export function rewriteForPartitions(query: Query, range: Range): string {
  if (isGrouped(query)) return unparse(rewriteGroups(query));
  // Duplicates in other partitions are not known here: cutting off after TOP could give too few.
  const counted = query.distinct ? withoutRange(query) : withWholeRange(query, range);
  if (query.orderBy.length > 0) return unparse(rewriteOrder(counted));
  const isSame = counted.limit === query.limit && counted.top === query.top;
  return isSame ? "" : unparse(counted);
}

/** The clients replace this by `true`, or by the condition to resume from a continuation. */
const resumeFilter = "({documentdb-formattableorderbyquery-filter})";

/** Every result comes with the values it is sorted by. */
function rewriteOrder(query: Query): Query {
  const { select, sources, where, orderBy } = query;
  const root = alias(sources[0]?.alias ?? "");
  const conditions = [...(where ? [where] : []), alias(resumeFilter)];
  if (select.kind === "value") conditions.push(call("IS_DEFINED", select.value));
  const keys = orderBy.map(({ value }) => object([["item", value]]));
  return {
    ...query,
    distinct: false,
    select: list({
      _rid: { kind: "member", object: root, key: literal("_rid"), offset: 0 },
      orderByItems: array(keys),
      payload: payload(select, root, (value) => value),
    }),
    where: conditions.reduce((left, right) => ({
      kind: "logical",
      operator: "AND",
      operands: [left, right],
      offset: 0,
    })),
  };
}

/** Every group comes with its keys, and with aggregates that can be aggregated further. */
function rewriteGroups(query: Query): Query {
  const { select, groupBy } = query;
  const base = { ...withoutRange(query), distinct: false, orderBy: [] };
  const folded = payload(select, literal(undefined), mergeable);
  if (groupBy.length > 0) {
    const keys = groupBy.map((key) => object([["item", key]]));
    return { ...base, select: list({ groupByItems: array(keys), payload: folded }) };
  }
  const isValue = select.kind === "value";
  return {
    ...base,
    select: isValue ? { kind: "value", value: folded } : list({ payload: folded }),
  };
}

/** What the query selects, as one expression with `map` applied to each selected value. */
function payload(
  select: Select,
  all: Expression,
  map: (value: Expression, select: Select) => Expression,
): Expression {
  switch (select.kind) {
    case "all":
      return all;
    case "value":
      return map(select.value, select);
    case "list":
      return object(select.items.map((item) => [item.alias, map(item.value, select)] as const));
  }
}

/** An aggregate in the form that the aggregators of the clients take; anything else as it is. */
function mergeable(value: Expression, select: Select): Expression {
  const partial = partialAggregate(value);
  if (partial === undefined) return value;
  return select.kind === "value" ? array([partial]) : partial;
}

function partialAggregate(value: Expression): Expression | undefined {
  const argument = value.kind === "call" ? value.arguments[0] : undefined;
  if (value.kind !== "call" || argument === undefined) return undefined;
  const count = ["count", call("COUNT", argument)] as const;
  switch (value.name) {
    case "COUNT":
    case "COUNTIF":
    case "SUM":
      return object([["item", value]]);
    case "AVG":
      return object([["item", object([["sum", call("SUM", argument)], count])]]);
    case "MIN":
    case "MAX": {
      const extreme = object([[value.name.toLowerCase(), value], count]);
      return object([
        ["item", value],
        ["item2", extreme],
      ]);
    }
    default:
      return undefined;
  }
}

function withoutRange(query: Query): Query {
  const { top: _top, offset: _offset, limit: _limit, ...rest } = query;
  return rest;
}

/** One partition may hold all that is skipped and all that is taken. */
function withWholeRange(query: Query, { skip, take }: Range): Query {
  return query.limit ? { ...query, offset: literal(0), limit: literal(skip + take) } : query;
}

const alias = (name: string): Expression => ({ kind: "alias", name, offset: 0 });
const literal = (value: Value): Expression => ({ kind: "literal", value, offset: 0 });
const array = (items: readonly Expression[]): Expression => ({ kind: "array", items, offset: 0 });
const call = (name: string, argument: Expression): Expression => ({
  kind: "call",
  name,
  arguments: [argument],
  offset: 0,
});
const object = (pairs: readonly (readonly [string, Expression])[]): Expression => ({
  kind: "object",
  properties: pairs.map(([key, value]) => ({ key, value })),
  offset: 0,
});
const list = (values: Readonly<Record<string, Expression>>): Select => ({
  kind: "list",
  items: Object.entries(values).map(([name, value]) => ({ alias: name, value })),
});
