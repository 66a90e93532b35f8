import type { Expression, Query } from "./ast.ts";
import { hasAggregate, isGrouped } from "./grouping.ts";
import type { Range } from "./rows.ts";
import { rewriteForPartitions } from "./rewrite.ts";
import { locate, SqlError } from "./sql-error.ts";
import { unparseExpression } from "./unparse.ts";

type SortOrder = "Ascending" | "Descending";
type AggregateType = "Average" | "Count" | "CountIf" | "Max" | "Min" | "Sum";

/**
 * How a client gets the result of a query over several partitions: it sends the rewritten query
 * (or, if that is empty, the original) to every partition and merges what comes back. This is the
 * JSON body of the answer to a query plan request. Rewrites as in the baselines of the .NET SDK
 * (Azure/azure-cosmos-dotnet-v3, QueryPlanBaselineTests), which record the service's own.
 */
export type QueryPlan = {
  readonly partitionedQueryExecutionInfoVersion: 2;
  readonly queryInfo: {
    readonly distinctType: "None" | "Ordered" | "Unordered";
    readonly top?: number;
    readonly offset?: number;
    readonly limit?: number;
    readonly orderBy: readonly SortOrder[];
    readonly orderByExpressions: readonly string[];
    readonly groupByExpressions: readonly string[];
    readonly groupByAliases: readonly string[];
    readonly aggregates: readonly AggregateType[];
    readonly groupByAliasToAggregateType: Readonly<Record<string, AggregateType | null>>;
    readonly rewrittenQuery: string;
    readonly hasSelectValue: boolean;
    readonly hasNonStreamingOrderBy: false;
  };
  readonly queryRanges: readonly {
    readonly min: string;
    readonly max: string;
    readonly isMinInclusive: boolean;
    readonly isMaxInclusive: boolean;
  }[];
};

/**
 * Plans a query over all partitions. Throws SqlError for what no client could merge: an expression
 * around an aggregate.
 */
export function planQuery(query: Query, text: string, { skip, take }: Range): QueryPlan {
  const { distinct, groupBy, select } = query;
  const grouped = isGrouped(query);
  const orderBy = grouped ? [] : query.orderBy;
  const items = grouped && select.kind === "list" ? select.items : [];
  const types = items.map(({ alias, value }) => [alias, aggregateType(value, text)] as const);
  const single = select.kind === "value" ? aggregateType(select.value, text) : null;
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: !distinct ? "None" : isSortedBySelection(query) ? "Ordered" : "Unordered",
      ...(query.top && { top: take }),
      ...(query.limit && { offset: skip, limit: take }),
      orderBy: orderBy.map(({ direction }) => (direction === "ASC" ? "Ascending" : "Descending")),
      orderByExpressions: orderBy.map(({ value }) => unparseExpression(value)),
      groupByExpressions: groupBy.map(unparseExpression),
      groupByAliases: types.map(([alias]) => alias),
      aggregates: single === null ? [] : [single],
      groupByAliasToAggregateType: Object.fromEntries(types),
      rewrittenQuery: rewriteForPartitions(query, { skip, take }),
      hasSelectValue: select.kind === "value",
      hasNonStreamingOrderBy: false,
    },
    queryRanges: [{ min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false }],
  };
}

const aggregateTypes: ReadonlyMap<string, AggregateType> = new Map([
  ["AVG", "Average"],
  ["COUNT", "Count"],
  ["COUNTIF", "CountIf"],
  ["MAX", "Max"],
  ["MIN", "Min"],
  ["SUM", "Sum"],
]);

function aggregateType(value: Expression, text: string): AggregateType | null {
  const type = value.kind === "call" ? aggregateTypes.get(value.name) : undefined;
  if (type !== undefined) return type;
  if (!hasAggregate(value)) return null;
  throw new SqlError(
    `An aggregate inside another expression, as at ${locate(text, value.offset)}, ` +
      `can not be merged over partitions.`,
  );
}

/** Whether equal results come one after another, so that a client can compare neighbours. */
function isSortedBySelection({ select, orderBy }: Query): boolean {
  const [order, ...more] = orderBy;
  if (order === undefined || more.length > 0 || select.kind === "all") return false;
  const selected = select.kind === "value" ? [select] : select.items;
  const [first] = selected;
  if (first === undefined || selected.length > 1) return false;
  return unparseExpression(first.value) === unparseExpression(order.value);
}
