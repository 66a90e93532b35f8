import type { Expression, OrderItem, Query, Select, SelectItem, Source } from "./ast.ts";
import { type ExpressionReader, parseExpression } from "./expression-parser.ts";
import { checkQuerySize, createQuerySize } from "./query-size.ts";
import { createTokenReader } from "./token-reader.ts";

/**
 * Parses the text of a query ("Queries in Azure Cosmos DB for NoSQL"). Throws SqlError where the
 * text leaves the grammar.
 */
export function parse(text: string): Query {
  const reader: ExpressionReader = {
    ...createTokenReader(text),
    parseQuery: () => parseQuery(reader),
    size: createQuerySize(),
  };
  const query = parseQuery(reader);
  if (reader.peek().kind !== "end") reader.fail("the end of the query");
  checkQuerySize(query);
  return query;
}

function parseQuery(reader: ExpressionReader): Query {
  reader.expect("SELECT");
  const distinct = reader.accept("DISTINCT");
  const top = reader.accept("TOP") ? parseCount(reader) : undefined;
  const select = parseSelect(reader);
  const sources = reader.accept("FROM") ? parseSources(reader) : [];
  const where = reader.accept("WHERE") ? parseExpression(reader) : undefined;
  const groupBy = reader.accept("GROUP") ? parseGroupBy(reader) : [];
  const orderBy = reader.accept("ORDER") ? parseOrderBy(reader) : [];
  if (top !== undefined && reader.at(["OFFSET"])) reader.fail("no OFFSET beside TOP");
  const offset = reader.accept("OFFSET") ? parseCount(reader) : undefined;
  if (offset !== undefined) reader.expect("LIMIT");
  const limit = offset === undefined ? undefined : parseCount(reader);
  return {
    distinct,
    select,
    sources,
    groupBy,
    orderBy,
    ...(top && { top }),
    ...(where && { where }),
    ...(offset && { offset }),
    ...(limit && { limit }),
  };
}

/** TOP, OFFSET and LIMIT take a whole number or a parameter, no expression. */
function parseCount(reader: ExpressionReader): Expression {
  const { kind, text, offset } = reader.peek();
  const isNumber = kind === "number" && /^\d+$/.test(text);
  if (!isNumber && kind !== "parameter") return reader.fail("a whole number or a parameter");
  reader.next();
  if (!isNumber) return { kind: "parameter", name: text, offset };
  return { kind: "literal", value: Number(text), offset };
}

function parseSelect(reader: ExpressionReader): Select {
  if (reader.accept("*")) return { kind: "all" };
  if (reader.accept("VALUE")) return { kind: "value", value: parseExpression(reader) };
  const items: SelectItem[] = [];
  let unnamed = 0;
  do {
    const value = parseExpression(reader);
    const alias = parseSelectAlias(reader) ?? lastName(value) ?? `$${(unnamed += 1)}`;
    items.push({ value, alias });
  } while (reader.accept(","));
  return { kind: "list", items };
}

function parseSelectAlias(reader: ExpressionReader): string | undefined {
  const isAnnounced = reader.accept("AS");
  if (reader.peek().kind === "string") return reader.next().text;
  return isAnnounced || reader.atIdentifier() ? reader.identifier("an alias") : undefined;
}

/** The name a path goes by, `b` for `a.b`; other expressions have none. */
function lastName(value: Expression): string | undefined {
  if (value.kind === "alias") return value.name;
  if (value.kind !== "member" || value.key.kind !== "literal") return undefined;
  return typeof value.key.value === "string" ? value.key.value : undefined;
}

function parseSources(reader: ExpressionReader): readonly Source[] {
  const sources: Source[] = [];
  do sources.push(parseSource(reader));
  while (reader.accept("JOIN"));
  return sources;
}

function parseSource(reader: ExpressionReader): Source {
  const { offset } = reader.peek();
  if (reader.atIdentifier() && reader.at(["IN"], 1)) {
    const alias = reader.identifier("an alias");
    reader.expect("IN");
    return { offset, alias, each: true, value: parseExpression(reader) };
  }
  const value = parseExpression(reader);
  const isNamed = reader.accept("AS") || reader.atIdentifier();
  const alias = isNamed ? reader.identifier("an alias") : lastName(value);
  return { offset, each: false, value, ...(alias !== undefined && { alias }) };
}

function parseGroupBy(reader: ExpressionReader): readonly Expression[] {
  reader.expect("BY");
  const items: Expression[] = [];
  do items.push(parseExpression(reader));
  while (reader.accept(","));
  return items;
}

function parseOrderBy(reader: ExpressionReader): readonly OrderItem[] {
  reader.expect("BY");
  const items: OrderItem[] = [];
  do {
    const value = parseExpression(reader);
    const direction = reader.accept("DESC") ? "DESC" : "ASC";
    if (direction === "ASC") reader.accept("ASC");
    items.push({ value, direction });
  } while (reader.accept(","));
  return items;
}
