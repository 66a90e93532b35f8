import type { Expression, Query, Select, Source } from "./ast.ts";
import type { JsonValue } from "./values.ts";

/** Writes an expression as query text. Equal texts mean equal expressions. */
export function unparseExpression(expression: Expression): string {
  const write = unparseExpression;
  const list = (items: readonly Expression[]): string => items.map(write).join(", ");
  switch (expression.kind) {
    case "literal":
      return unparseLiteral(expression.value);
    case "parameter":
    case "alias":
      return expression.name;
    case "member":
      return `${write(expression.object)}[${write(expression.key)}]`;
    case "unary":
      return `(${expression.operator} ${write(expression.operand)})`;
    case "binary":
      return `(${write(expression.left)} ${expression.operator} ${write(expression.right)})`;
    case "logical": {
      // Parentheses around each pair, as the service writes it: ((a AND b) AND c).
      const [first = "", ...others] = expression.operands.map(write);
      const pairs = others.map((operand) => ` ${expression.operator} ${operand})`);
      return `${"(".repeat(others.length)}${first}${pairs.join("")}`;
    }
    case "conditional": {
      const { condition, consequent, alternate } = expression;
      return `(${write(condition)} ? ${write(consequent)} : ${write(alternate)})`;
    }
    case "in":
      return `(${write(expression.operand)} IN (${list(expression.candidates)}))`;
    case "between": {
      const { operand, low, high } = expression;
      return `(${write(operand)} BETWEEN ${write(low)} AND ${write(high)})`;
    }
    case "like": {
      const { operand, pattern, escape } = expression;
      const suffix = escape === undefined ? "" : ` ESCAPE ${quote(escape)}`;
      return `(${write(operand)} LIKE ${write(pattern)}${suffix})`;
    }
    case "call":
      return `${expression.name}(${list(expression.arguments)})`;
    case "array":
      return `[${list(expression.items)}]`;
    case "object": {
      const pairs = expression.properties.map(({ key, value }) => `${quote(key)}: ${write(value)}`);
      return `{${pairs.join(", ")}}`;
    }
    case "subquery":
      return `${expression.form === "scalar" ? "" : expression.form}(${unparse(expression.query)})`;
  }
}

/** Writes a query as text that parses to the same query. */
export function unparse(query: Query): string {
  const write = unparseExpression;
  const { distinct, top, where, groupBy, orderBy, offset, limit } = query;
  const [first, ...joins] = query.sources.map(unparseSource);
  const order = orderBy.map(({ value, direction }) => `${write(value)} ${direction}`);
  const clauses = [
    "SELECT",
    distinct && "DISTINCT",
    top && `TOP ${write(top)}`,
    unparseSelect(query.select),
    first !== undefined && `FROM ${first}`,
    ...joins.map((join) => `JOIN ${join}`),
    where && `WHERE ${write(where)}`,
    groupBy.length > 0 && `GROUP BY ${groupBy.map(write).join(", ")}`,
    orderBy.length > 0 && `ORDER BY ${order.join(", ")}`,
    offset && limit && `OFFSET ${write(offset)} LIMIT ${write(limit)}`,
  ];
  return clauses.filter((clause) => typeof clause === "string").join(" ");
}

function unparseSelect(select: Select): string {
  switch (select.kind) {
    case "all":
      return "*";
    case "value":
      return `VALUE ${unparseExpression(select.value)}`;
    case "list": {
      const items = select.items.map(
        ({ value, alias }) => `${unparseExpression(value)} AS ${quote(alias)}`,
      );
      return items.join(", ");
    }
  }
}

function unparseSource({ alias, each, value }: Source): string {
  const written = unparseExpression(value);
  if (each) return `${alias ?? ""} IN ${written}`;
  return alias === undefined || alias === written ? written : `${written} AS ${alias}`;
}

function unparseLiteral(value: JsonValue | undefined): string {
  return value === undefined ? "undefined" : JSON.stringify(value);
}

const quote = (text: string): string => JSON.stringify(text);
