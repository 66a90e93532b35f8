import { children, type Expression, type LogicalOperator, type Query, selected } from "./ast.ts";
import { SqlError } from "./sql-error.ts";

/**
 * What a query may ask for. Joins and logical operators are limited as in the service ("Azure
 * Cosmos DB service quotas"). How deep expressions nest is not documented; the query engine that the
 * .NET client brings along takes 500 levels and refuses 1 000.
 */
export const queryLimits = {
  joins: 10,
  logicalOperators: 2000,
  depth: 500,
  /** One for each logical operator, as rewritten queries have them, and some more. */
  parentheses: 5000,
} as const;

/** Counts while a query is parsed; each call throws SqlError once there is too much. */
export type QuerySize = {
  count(operator: LogicalOperator): void;
  openParentheses(open: number): void;
  /** Begins an expression, perhaps inside another. */
  enter(): void;
  leave(): void;
};

export function createQuerySize(): QuerySize {
  const counts = { AND: 0, OR: 0 };
  let depth = 0;
  return {
    count: (operator) => {
      counts[operator] += 1;
      if (counts[operator] <= queryLimits.logicalOperators) return;
      throw new SqlError(`A query has at most ${queryLimits.logicalOperators} ${operator}.`);
    },
    openParentheses: (open) => {
      if (open <= queryLimits.parentheses) return;
      throw new SqlError(`At most ${queryLimits.parentheses} parentheses can be open at once.`);
    },
    enter: () => {
      depth += 1;
      if (depth > queryLimits.depth) throw tooDeep();
    },
    leave: () => {
      depth -= 1;
    },
  };
}

const tooDeep = (): SqlError =>
  new SqlError(`The expressions of a query nest at most ${queryLimits.depth} levels.`);

/** Throws SqlError for what only shows in the whole: many joins, or operators in long chains. */
export function checkQuerySize(query: Query): void {
  const pending = [{ query, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.query.sources.length > queryLimits.joins + 1) {
      throw new SqlError(`A query has at most ${queryLimits.joins} JOINs.`);
    }
    pending.push(...subqueries(next.query, next.depth));
  }
}

/** The subqueries directly inside a query, and how deep they stand. */
function subqueries(query: Query, depth: number): { query: Query; depth: number }[] {
  const found: { query: Query; depth: number }[] = [];
  const pending = clauses(query).map((expression) => ({ expression, depth: depth + 1 }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { expression, depth: level } = next;
    if (level > queryLimits.depth) throw tooDeep();
    if (expression.kind === "subquery") found.push({ query: expression.query, depth: level });
    for (const child of children(expression)) pending.push({ expression: child, depth: level + 1 });
  }
  return found;
}

function clauses({ select, sources, where, groupBy, orderBy }: Query): readonly Expression[] {
  return [
    ...selected(select),
    ...sources.map(({ value }) => value),
    ...(where ? [where] : []),
    ...groupBy,
    ...orderBy.map(({ value }) => value),
  ];
}
