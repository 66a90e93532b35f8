/** Reads Bicep by recursive descent. Throws SyntaxFault with the line for whatever does not fit. */
import type { Expression, Resource, Statement } from "./syntax.ts";
import { SyntaxFault, type Token, tokensOf } from "./tokens.ts";

export function parseBicep(source: string): Statement[] {
  const reader = readerOf(tokensOf(source));
  const statements: Statement[] = [];
  reader.skipLines();
  while (!reader.isAtEnd()) {
    statements.push(statement(reader));
    reader.endOfLine();
  }
  return statements;
}

type Reader = ReturnType<typeof readerOf>;

function readerOf(tokens: readonly Token[]) {
  let next = 0;
  const peek = (ahead = 0): Token => {
    const token = tokens[Math.min(next + ahead, tokens.length - 1)];
    if (token === undefined) throw new SyntaxFault("There is nothing to read.");
    return token;
  };
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const is = (text: string, ahead = 0): boolean => {
    const token = peek(ahead);
    return (token.kind === "symbol" || token.kind === "name") && token.text === text;
  };
  const accept = (text: string): boolean => {
    const isNext = is(text);
    if (isNext) take();
    return isNext;
  };
  const fail = (wanted: string): never => {
    const token = peek();
    const found = "text" in token ? token.text : token.kind;
    throw new SyntaxFault(`Line ${token.line}: ${wanted} was expected, not "${found}".`);
  };
  return {
    peek,
    take,
    is,
    accept,
    fail,
    isAtEnd: () => peek().kind === "end",
    expect: (text: string) => {
      if (!accept(text)) fail(`"${text}"`);
    },
    name: (): string => {
      const token = peek();
      if (token.kind !== "name") return fail("a name");
      take();
      return token.text;
    },
    skipLines: () => {
      while (peek().kind === "newline") take();
    },
    endOfLine: () => {
      if (peek().kind !== "newline" && peek().kind !== "end") fail("the end of the line");
      while (peek().kind === "newline") take();
    },
  };
}

// ── Statements ───────────────────────────────────────────────────────────────────────────────────────────────────────

function statement(reader: Reader): Statement {
  const decorators: Statement["decorators"][number][] = [];
  while (reader.accept("@")) {
    const decorator = expression(reader);
    if (decorator.kind !== "call") return reader.fail("a decorator's parentheses");
    decorators.push(decorator);
    reader.endOfLine();
  }
  const { line } = reader.peek();
  return { line, decorators, ...undecorated(reader) };
}

type Undecorated = Statement extends infer S ? (S extends Statement ? Bare<S> : never) : never;
type Bare<S> = Omit<S, "line" | "decorators">;

function undecorated(reader: Reader): Undecorated {
  const keyword = reader.name();
  switch (keyword) {
    case "targetScope":
      reader.expect("=");
      return { kind: "targetScope", value: expression(reader) };
    case "import":
      return importOf(reader);
    case "param": {
      const [name, type] = [reader.name(), reader.name()];
      return {
        kind: "param",
        name,
        type,
        otherwise: reader.accept("=") ? expression(reader) : undefined,
      };
    }
    case "var": {
      const name = reader.name();
      reader.expect("=");
      return { kind: "var", name, value: expression(reader) };
    }
    case "output": {
      const [name, type] = [reader.name(), reader.name()];
      reader.expect("=");
      return { kind: "output", name, type, value: expression(reader) };
    }
    case "resource":
      return resource(reader);
    case "module": {
      const [name, path] = [reader.name(), plainString(reader)];
      reader.expect("=");
      return { kind: "module", name, path, body: expression(reader) };
    }
    default:
      return reader.fail(`a statement instead of "${keyword}"`);
  }
}

function importOf(reader: Reader): Undecorated {
  const names: string[] = [];
  reader.expect("{");
  do names.push(reader.name());
  while (reader.accept(","));
  reader.expect("}");
  reader.expect("from");
  return { kind: "import", names, from: plainString(reader) };
}

function resource(reader: Reader): Resource {
  const [name, type] = [reader.name(), plainString(reader)];
  const isExisting = reader.accept("existing");
  reader.expect("=");
  const condition = reader.accept("if") ? parenthesized(reader) : undefined;
  const inside: Resource[] = [];
  const body = reader.is("{") ? objectExpression(reader, inside) : expression(reader);
  return { kind: "resource", name, type, isExisting, condition, body, inside };
}

function plainString(reader: Reader): string {
  const token = reader.take();
  const only = token.kind === "string" && token.parts.length === 1 ? token.parts[0] : undefined;
  return typeof only === "string" ? only : reader.fail("a plain string");
}

// ── Expressions, from the loosest binding to the tightest ────────────────────────────────────────────────────────────

function expression(reader: Reader): Expression {
  if (reader.peek().kind === "name" && reader.is("=>", 1)) {
    const parameter = reader.name();
    reader.expect("=>");
    return { kind: "lambda", parameter, body: expression(reader) };
  }
  const condition = binary(reader, 0);
  if (!reader.accept("?")) return condition;
  const yes = expression(reader);
  reader.expect(":");
  return { kind: "operation", operands: [condition, yes, expression(reader)] };
}

const operators = [
  ["??"],
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["+", "-"],
  ["*", "/", "%"],
];

function binary(reader: Reader, level: number): Expression {
  const symbols = operators[level];
  if (symbols === undefined) return unary(reader);
  let left = binary(reader, level + 1);
  while (symbols.some((symbol) => reader.is(symbol))) {
    reader.take();
    left = { kind: "operation", operands: [left, binary(reader, level + 1)] };
  }
  return left;
}

function unary(reader: Reader): Expression {
  if (reader.accept("!") || reader.accept("-"))
    return { kind: "operation", operands: [unary(reader)] };
  return postfix(reader, primary(reader));
}

function postfix(reader: Reader, of: Expression): Expression {
  if (reader.accept("::")) return postfix(reader, { kind: "nested", of, name: reader.name() });
  if (reader.accept("[")) {
    const at = expression(reader);
    reader.expect("]");
    return postfix(reader, { kind: "index", of, at });
  }
  if (!reader.accept(".") && !reader.accept(".?")) return of;
  const name = reader.name();
  return reader.is("(")
    ? postfix(reader, { kind: "method", of, name, arguments: argumentsOf(reader) })
    : postfix(reader, { kind: "member", of, name });
}

function primary(reader: Reader): Expression {
  if (reader.is("(")) return parenthesized(reader);
  if (reader.is("{")) return objectExpression(reader);
  if (reader.is("[")) return arrayOrLoop(reader);
  const token = reader.take();
  if (token.kind === "number") return { kind: "literal", value: token.value };
  if (token.kind === "string") return { kind: "string", parts: token.parts.map(partOf) };
  if (token.kind !== "name") return reader.fail("an expression");
  if (token.text in constants) return { kind: "literal", value: constants[token.text] ?? null };
  if (reader.is("(")) return { kind: "call", name: token.text, arguments: argumentsOf(reader) };
  return { kind: "name", name: token.text, line: token.line };
}

const constants: Readonly<Record<string, boolean | null>> = {
  true: true,
  false: false,
  null: null,
};

function partOf(part: string | readonly Token[]): string | Expression {
  return typeof part === "string" ? part : expression(readerOf(part));
}

function parenthesized(reader: Reader): Expression {
  reader.expect("(");
  const inner = expression(reader);
  reader.expect(")");
  return inner;
}

function argumentsOf(reader: Reader): Expression[] {
  const found: Expression[] = [];
  reader.expect("(");
  while (!reader.accept(")")) {
    found.push(expression(reader));
    if (!reader.is(")")) reader.expect(",");
  }
  return found;
}

function arrayOrLoop(reader: Reader): Expression {
  reader.expect("[");
  reader.skipLines();
  if (reader.accept("for")) {
    const each = reader.name();
    reader.expect("in");
    const of = expression(reader);
    reader.expect(":");
    const body = expression(reader);
    reader.skipLines();
    reader.expect("]");
    return { kind: "for", each, of, body };
  }
  return { kind: "array", items: itemsUntil(reader, "]", expression) };
}

/** Resources may stand among the properties of a resource. */
function objectExpression(reader: Reader, inside?: Resource[]): Expression {
  reader.expect("{");
  reader.skipLines();
  const properties = itemsUntil(reader, "}", () => {
    if (inside !== undefined && reader.is("resource") && !reader.is(":", 1)) {
      reader.take();
      inside.push(resource(reader));
      return undefined;
    }
    const token = reader.peek();
    const key = token.kind === "string" ? keyOf(primary(reader)) : reader.name();
    reader.expect(":");
    return { key, value: expression(reader) };
  });
  return { kind: "object", properties: properties.filter((property) => property !== undefined) };
}

function keyOf(key: Expression): string | Expression {
  const [only, ...rest] = key.kind === "string" ? key.parts : [];
  return typeof only === "string" && rest.length === 0 ? only : key;
}

/** Separated by commas or line ends. */
function itemsUntil<Item>(reader: Reader, end: string, item: (reader: Reader) => Item): Item[] {
  const items: Item[] = [];
  while (!reader.accept(end)) {
    items.push(item(reader));
    if (reader.is(end)) continue;
    if (reader.accept(",")) reader.skipLines();
    else reader.endOfLine();
  }
  return items;
}
