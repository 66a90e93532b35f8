import type { BinaryOperator, Expression, Property, Query, UnaryOperator } from "./ast.ts";
import type { QuerySize } from "./query-size.ts";
import type { TokenReader } from "./token-reader.ts";

/** Reads expressions, which may hold queries. */
export type ExpressionReader = TokenReader & {
  readonly parseQuery: () => Query;
  readonly size: QuerySize;
};

/**
 * How tightly operators bind, loosest first; the ones of a line alike. This is the service's own
 * order (grammar in microsoft/vscode-cosmosdb, nosql-language-service), which surprises twice:
 * NOT binds like a minus sign, and BETWEEN beside AND or OR needs parentheses.
 */
const precedences: readonly (readonly string[])[] = [
  ["?"],
  ["??"],
  ["BETWEEN"],
  ["OR"],
  ["AND"],
  ["IN", "LIKE"],
  ["=", "!=", "<>", "<", "<=", ">", ">=", "<<", ">>", ">>>"],
  ["||"],
  ["|", "^", "&", "+", "-"],
  ["*", "/", "%"],
];
const powers = new Map(
  precedences.flatMap((operators, level) => operators.map((operator) => [operator, level + 1])),
);
const power = (operator: string): number => powers.get(operator) ?? 0;
const powerOfUnary = precedences.length + 1;

const constants = new Map([
  ["TRUE", true],
  ["FALSE", false],
  ["NULL", null],
  ["UNDEFINED", undefined],
]);

/**
 * Parses one expression whose operators bind tighter than `minimum` (Pratt's method). Parentheses
 * at its start, of which clients write one for each operator, take no stack.
 */
export function parseExpression(reader: ExpressionReader, minimum = 0): Expression {
  reader.size.enter();
  let open = 0;
  while (reader.at(["("]) && !reader.at(["SELECT"], 1)) {
    reader.next();
    open += 1;
    reader.size.openParentheses(open);
  }
  let left = parsePrefix(reader);
  for (;;) {
    left = parseOperators(reader, left, open > 0 ? 0 : minimum);
    if (open === 0) break;
    reader.expect(")");
    open -= 1;
    left = parseMembers(reader, left);
  }
  reader.size.leave();
  return left;
}

/** Parses the operators that follow an operand and bind tighter than `minimum`. */
function parseOperators(
  reader: ExpressionReader,
  operand: Expression,
  minimum: number,
): Expression {
  let left = operand;
  for (;;) {
    const negated = reader.at(["NOT"]) && reader.at(["IN", "BETWEEN", "LIKE"], 1);
    const operator = reader.keyword(negated ? 1 : 0) ?? "";
    if (power(operator) <= minimum) return left;
    const { offset } = reader.next();
    if (negated) reader.next();
    const infix = parseInfix(reader, left, operator);
    left = negated ? { kind: "unary", operator: "NOT", operand: infix, offset } : infix;
  }
}

function parseInfix(reader: ExpressionReader, left: Expression, operator: string): Expression {
  const { offset } = left;
  const level = power(operator);
  switch (operator) {
    case "?": {
      const consequent = parseExpression(reader);
      reader.expect(":");
      const alternate = parseExpression(reader);
      return { kind: "conditional", condition: left, consequent, alternate, offset };
    }
    case "BETWEEN": {
      const low = parseExpression(reader, power("IN"));
      reader.expect("AND");
      const high = parseExpression(reader, power("IN"));
      if (left.kind === "logical" || reader.at(["AND", "OR"]))
        reader.fail("parentheses around this BETWEEN");
      return { kind: "between", operand: left, low, high, offset };
    }
    case "IN":
      reader.expect("(");
      return { kind: "in", operand: left, candidates: parseList(reader, ")"), offset };
    case "LIKE": {
      const pattern = parseExpression(reader, level);
      const like = { kind: "like", operand: left, pattern, offset } as const;
      if (!reader.accept("ESCAPE")) return like;
      const { kind, text } = reader.peek();
      if (kind !== "string" || text.length !== 1) return reader.fail("a string of one character");
      reader.next();
      return { ...like, escape: text };
    }
    case "AND":
    case "OR": {
      reader.size.count(operator);
      const right = parseExpression(reader, level);
      const isChain = left.kind === "logical" && left.operator === operator;
      const operands = isChain ? [...left.operands, right] : [left, right];
      return { kind: "logical", operator, operands, offset };
    }
    default: {
      const known = (operator === "<>" ? "!=" : operator) as BinaryOperator;
      const right = parseExpression(reader, operator === "??" ? level - 1 : level);
      return { kind: "binary", operator: known, left, right, offset };
    }
  }
}

function parsePrefix(reader: ExpressionReader): Expression {
  if (!reader.at(["NOT", "-", "+", "~"])) return parseMembers(reader, parsePrimary(reader));
  const { offset, text } = reader.next();
  const operator = text.toUpperCase() as UnaryOperator;
  return { kind: "unary", operator, operand: parseExpression(reader, powerOfUnary), offset };
}

function parseMembers(reader: ExpressionReader, start: Expression): Expression {
  let object = start;
  for (;;) {
    const { offset } = reader.peek();
    let key: Expression;
    if (reader.accept(".")) {
      key = { kind: "literal", value: reader.identifier("a property name"), offset };
    } else if (reader.accept("[")) {
      key = parseExpression(reader);
      reader.expect("]");
    } else return object;
    object = { kind: "member", object, key, offset: start.offset };
  }
}

function parsePrimary(reader: ExpressionReader): Expression {
  const { kind, text, offset } = reader.peek();
  switch (kind) {
    case "number":
      reader.next();
      return { kind: "literal", value: Number(text), offset };
    case "string":
      reader.next();
      return { kind: "literal", value: text, offset };
    case "parameter":
      reader.next();
      return { kind: "parameter", name: text, offset };
    case "symbol":
      return parseBracketed(reader);
    case "name":
      return parseNamed(reader);
    case "end":
      return reader.fail("an expression");
  }
}

function parseBracketed(reader: ExpressionReader): Expression {
  const { offset } = reader.peek();
  if (reader.accept("[")) return { kind: "array", items: parseList(reader, "]"), offset };
  if (reader.accept("{")) return { kind: "object", properties: parseProperties(reader), offset };
  if (reader.at(["("]) && reader.at(["SELECT"], 1)) return parseSubquery(reader, "scalar");
  return reader.fail("an expression");
}

function parseNamed(reader: ExpressionReader): Expression {
  const { text, offset } = reader.peek();
  const keyword = text.toUpperCase();
  if (constants.has(keyword)) {
    reader.next();
    return { kind: "literal", value: constants.get(keyword), offset };
  }
  if (keyword === "EXISTS" || keyword === "ARRAY") {
    reader.next();
    return parseSubquery(reader, keyword);
  }
  if (keyword === "UDF") return reader.fail("an expression without user-defined functions");
  const isCall = reader.at(["("], 1);
  if (isCall && (keyword === "LEFT" || keyword === "RIGHT")) reader.next();
  else reader.identifier("an expression");
  if (!isCall) return { kind: "alias", name: text, offset };
  reader.expect("(");
  return { kind: "call", name: keyword, arguments: parseList(reader, ")"), offset };
}

function parseSubquery(reader: ExpressionReader, form: "EXISTS" | "ARRAY" | "scalar"): Expression {
  const { offset } = reader.expect("(");
  const query = reader.parseQuery();
  reader.expect(")");
  return { kind: "subquery", form, query, offset };
}

function parseList(reader: ExpressionReader, close: string): readonly Expression[] {
  const items: Expression[] = [];
  if (reader.accept(close)) return items;
  do items.push(parseExpression(reader));
  while (reader.accept(","));
  reader.expect(close);
  return items;
}

function parseProperties(reader: ExpressionReader): readonly Property[] {
  const properties: Property[] = [];
  if (reader.accept("}")) return properties;
  do {
    const isQuoted = reader.peek().kind === "string";
    const key = isQuoted ? reader.next().text : reader.identifier("a property name");
    reader.expect(":");
    properties.push({ key, value: parseExpression(reader) });
  } while (reader.accept(","));
  reader.expect("}");
  return properties;
}
