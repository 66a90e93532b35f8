import type { JsonObject, JsonValue, QueryPlan } from "../../../emulator/cosmos/sql/index.ts";
import { compareSortKeys, sortKey } from "../../../emulator/cosmos/sql/order.ts";
import {
  canonical,
  compareValues,
  isObject,
  type Value,
} from "../../../emulator/cosmos/sql/values.ts";

type Ordered = {
  readonly orderByItems: readonly { readonly item?: JsonValue }[];
  readonly payload?: JsonValue;
};
type Group = { readonly groupByItems?: JsonValue; readonly payload: JsonObject };

/**
 * Merges what the partitions answered to a rewritten query the way the SDKs do: order, groups,
 * duplicates, then TOP, OFFSET and LIMIT.
 */
export function mergeByPlan(
  { queryInfo }: QueryPlan,
  answers: readonly JsonValue[][],
): JsonValue[] {
  const { aggregates, groupByExpressions, groupByAliases, orderBy, distinctType } = queryInfo;
  let results: JsonValue[];
  if (aggregates.length + groupByExpressions.length + groupByAliases.length > 0) {
    results = mergeGroups(queryInfo, answers.flat());
  } else if (orderBy.length > 0) results = mergeOrdered(queryInfo, answers);
  else results = answers.flat();
  if (distinctType === "Ordered")
    results = results.filter((value, index) => isNewNeighbour(results, value, index));
  if (distinctType === "Unordered")
    results = [...new Map(results.map((value) => [canonical(value), value])).values()];
  const {
    offset = 0,
    limit = Number.POSITIVE_INFINITY,
    top = Number.POSITIVE_INFINITY,
  } = queryInfo;
  return results.slice(offset, offset + Math.min(limit, top));
}

const isNewNeighbour = (results: readonly JsonValue[], value: JsonValue, index: number): boolean =>
  index === 0 || canonical(results[index - 1]) !== canonical(value);

function mergeOrdered(
  { orderBy }: QueryPlan["queryInfo"],
  answers: readonly JsonValue[][],
): JsonValue[] {
  const compare = (left: Ordered | undefined, right: Ordered | undefined): number => {
    for (const [index, order] of orderBy.entries()) {
      const [x, y] = [left, right].map((row) => sortKey(row?.orderByItems[index]?.item));
      const comparison = (x && y ? compareSortKeys(x, y) : 0) * (order === "Ascending" ? 1 : -1);
      if (comparison !== 0) return comparison;
    }
    return 0;
  };
  const queues = answers.map((rows) => [...rows] as unknown as Ordered[]);
  const merged: JsonValue[] = [];
  for (;;) {
    const [next] = queues.filter((queue) => queue.length > 0).sort((x, y) => compare(x[0], y[0]));
    const row = next?.shift();
    if (row === undefined) return merged;
    if (row.payload !== undefined) merged.push(row.payload);
  }
}

function mergeGroups(info: QueryPlan["queryInfo"], rows: readonly JsonValue[]): JsonValue[] {
  const groups = new Map<string, JsonObject[]>();
  for (const row of rows) {
    const isKeyed = isObject(row) && ("groupByItems" in row || "payload" in row);
    const { groupByItems, payload } = (isKeyed ? row : { payload: row }) as unknown as Group;
    const id = canonical(groupByItems);
    groups.set(id, [...(groups.get(id) ?? []), payload]);
  }
  const [single] = info.aggregates;
  const merged: Value[] = [...groups.values()].map((payloads) => {
    if (!info.hasSelectValue) return mergeProperties(info, payloads);
    if (single === undefined) return payloads[0];
    return mergeAggregate(
      single,
      payloads.map((payload) => (payload as unknown as JsonObject[])[0]),
    );
  });
  return merged.filter((value) => value !== undefined);
}

function mergeProperties(
  info: QueryPlan["queryInfo"],
  payloads: readonly JsonObject[],
): JsonObject {
  const merged: [string, JsonValue][] = [];
  for (const alias of info.groupByAliases) {
    const type = info.groupByAliasToAggregateType[alias];
    const partials = payloads.map((payload) => payload[alias]);
    const value = type ? mergeAggregate(type, partials as JsonObject[]) : partials[0];
    if (value !== undefined) merged.push([alias, value]);
  }
  return Object.fromEntries(merged);
}

function mergeAggregate(type: string, partials: readonly (JsonObject | undefined)[]): Value {
  const items = partials.map((partial) => partial?.["item2"] ?? partial?.["item"]);
  const sum = (numbers: readonly Value[]): number =>
    numbers.reduce<number>((total, value) => total + Number(value), 0);
  const part = (name: string): Value[] => items.map((item) => (item as JsonObject)[name]);
  switch (type) {
    case "Count":
    case "CountIf":
    case "Sum":
      return sum(items);
    case "Average":
      return sum(part("count")) === 0 ? undefined : sum(part("sum")) / sum(part("count"));
    default: {
      const name = type.toLowerCase();
      const extremes = items.filter((item) => (item as JsonObject)["count"] !== 0);
      if (extremes.some((item) => (item as JsonObject)[name] === undefined)) return undefined;
      const sorted = part(name)
        .filter((value) => value !== undefined)
        .sort(compareValues);
      return type === "Min" ? sorted[0] : sorted.at(-1);
    }
  }
}
