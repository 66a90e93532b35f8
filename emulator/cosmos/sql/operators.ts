import type { BinaryOperator, LogicalOperator, UnaryOperator } from "./ast.ts";
import { createRegExp } from "./regular-expression.ts";
import { compareValues, equalValues, typeRank, type Value } from "./values.ts";

type Binary = (left: Value, right: Value) => Value;

const numeric =
  (operation: (left: number, right: number) => number): Binary =>
  (left, right) => {
    if (typeof left !== "number" || typeof right !== "number") return undefined;
    const result = operation(left, right);
    return Number.isFinite(result) ? result : undefined;
  };

/** Order is only defined between two booleans, numbers or strings, or two nulls. */
const ordered =
  (holds: (comparison: number) => boolean): Binary =>
  (left, right) => {
    if (typeof left === "number" && typeof right === "number") return holds(left - right);
    const rank = typeRank(left);
    if (rank === 0 || rank > 4 || rank !== typeRank(right)) return undefined;
    return holds(compareValues(left, right));
  };

/**
 * Two defined values are equal or not, even of different types: `"a" != null` is true. The page
 * "Equality and comparison operators" calls that undefined, but the service says true; the Cosmos
 * provider of EF Core (test Where_is_not_null) and the SDKs' query tests rely on it.
 */
const equality =
  (expected: boolean): Binary =>
  (left, right) =>
    left === undefined || right === undefined ? undefined : equalValues(left, right) === expected;

export const binaryOperators: Readonly<Record<BinaryOperator, Binary>> = {
  "??": (left, right) => (left === undefined ? right : left),
  "=": equality(true),
  "!=": equality(false),
  "<": ordered((comparison) => comparison < 0),
  "<=": ordered((comparison) => comparison <= 0),
  ">": ordered((comparison) => comparison > 0),
  ">=": ordered((comparison) => comparison >= 0),
  "||": (left, right) =>
    typeof left === "string" && typeof right === "string" ? left + right : undefined,
  "|": numeric((left, right) => left | right),
  "^": numeric((left, right) => left ^ right),
  "&": numeric((left, right) => left & right),
  "<<": numeric((left, right) => left << right),
  ">>": numeric((left, right) => left >> right),
  ">>>": numeric((left, right) => left >>> right),
  "+": numeric((left, right) => left + right),
  "-": numeric((left, right) => left - right),
  "*": numeric((left, right) => left * right),
  "/": numeric((left, right) => left / right),
  "%": numeric((left, right) => left % right),
};

export const unaryOperators: Readonly<Record<UnaryOperator, (operand: Value) => Value>> = {
  "+": (operand) => (typeof operand === "number" ? operand : undefined),
  "-": (operand) => (typeof operand === "number" ? -operand : undefined),
  "~": (operand) => (typeof operand === "number" ? ~operand : undefined),
  NOT: (operand) => (typeof operand === "boolean" ? !operand : undefined),
};

/**
 * AND and OR of three-valued logic: one operand that is false decides an AND, one that is true an
 * OR; else an operand that is not a boolean makes the result undefined. Operands are computed as
 * they are asked for.
 */
export function combine(operator: LogicalOperator, operands: Iterable<Value>): Value {
  const decisive = operator === "OR";
  let result: Value = !decisive;
  for (const operand of operands) {
    if (operand === decisive) return decisive;
    if (typeof operand !== "boolean") result = undefined;
  }
  return result;
}

/** `operand IN (candidates)`: undefined if the operand is, as with the equality it stands for. */
export function isIn(operand: Value, candidates: readonly Value[]): Value {
  if (operand === undefined) return undefined;
  return candidates.some((candidate) => equalValues(operand, candidate));
}

/** The test a LIKE pattern stands for: % any text, _ any character, [a-f] and [^a-f] sets. */
export function likeTest(pattern: string, escape?: string): (text: string) => boolean {
  const parts = pattern.match(/\[\^?[^\]]+\]|[\s\S]/gu) ?? [];
  let source = "";
  let isLiteral = false;
  for (const part of parts) {
    const becomesLiteral: boolean = !isLiteral && part === escape;
    if (!becomesLiteral) source += isLiteral ? quoteForRegExp(part) : likePart(part);
    isLiteral = becomesLiteral;
  }
  const test = createRegExp(`^${source}$`, "su");
  return (text) => test.test(text);
}

function likePart(part: string): string {
  if (part === "%") return ".*";
  if (part === "_") return ".";
  return part.length > 1 && part.startsWith("[")
    ? part.replaceAll("\\", "\\\\")
    : quoteForRegExp(part);
}

const quoteForRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/gu, "\\$&");
