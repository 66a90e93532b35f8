import { asPath, type Expression, type Query } from "./ast.ts";
import type { JsonValue, Value } from "./values.ts";

/** A condition on one property that every document in the result fulfils. */
export type IndexableFilter = {
  readonly path: readonly string[];
  readonly operator: "=" | ">" | ">=" | "<" | "<=" | "array_contains" | "array_contains_any";
  /** For `array_contains_any`: an array of the values, one of which the array contains. */
  readonly value: JsonValue;
};

/** What a constant expression is worth once the parameters are known. */
type Constant = (expression: Expression) => Value;

const mirrored = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

/**
 * The conditions a WHERE clause implies for the documents of the container: the conjuncts that
 * compare a property with a constant. They are necessary, not sufficient.
 */
export function indexableFilters(query: Query, constant: Constant): readonly IndexableFilter[] {
  const { where } = query;
  if (where === undefined) return [];
  return conjuncts(where)
    .flatMap((conjunct) => conjunctFilters(conjunct, query, constant))
    .filter(isSeekable);
}

function conjuncts(expression: Expression): readonly Expression[] {
  if (expression.kind !== "logical" || expression.operator !== "AND") return [expression];
  return expression.operands.flatMap(conjuncts);
}

function conjunctFilters(
  conjunct: Expression,
  query: Query,
  constant: Constant,
): readonly IndexableFilter[] {
  const filter = (
    operator: IndexableFilter["operator"],
    property: Expression,
    compared: Expression,
  ): readonly IndexableFilter[] => {
    const path = documentPath(query, property);
    const value = constant(compared);
    return path === undefined || value === undefined ? [] : [{ path, operator, value }];
  };
  if (conjunct.kind === "binary" && Object.hasOwn(mirrored, conjunct.operator)) {
    const operator = conjunct.operator as keyof typeof mirrored;
    const { left, right } = conjunct;
    return [...filter(operator, left, right), ...filter(mirrored[operator], right, left)];
  }
  if (conjunct.kind === "between") {
    const { operand, low, high } = conjunct;
    return [...filter(">=", operand, low), ...filter("<=", operand, high)];
  }
  if (conjunct.kind === "logical" && conjunct.operator === "OR") {
    const alternatives = disjuncts(conjunct).flatMap((disjunct) => {
      const [only, ...more] = conjunctFilters(disjunct, query, constant);
      return only?.operator === "array_contains" && more.length === 0 ? [only] : [undefined];
    });
    return combined(alternatives);
  }
  if (conjunct.kind !== "call") return [];
  const [first, second, third] = conjunct.arguments;
  if (first === undefined || second === undefined || third !== undefined) return [];
  if (conjunct.name === "ARRAY_CONTAINS") return filter("array_contains", first, second);
  const isPrefix = conjunct.name === "STARTSWITH" && typeof constant(second) === "string";
  return isPrefix ? filter(">=", first, second) : [];
}

function disjuncts(expression: Expression): readonly Expression[] {
  if (expression.kind !== "logical" || expression.operator !== "OR") return [expression];
  return expression.operands.flatMap(disjuncts);
}

/** Several `array_contains` of the same path, one of which holds, as one condition. */
function combined(
  alternatives: readonly (IndexableFilter | undefined)[],
): readonly IndexableFilter[] {
  const [first] = alternatives;
  if (first === undefined) return [];
  const path = JSON.stringify(first.path);
  const values: JsonValue[] = [];
  for (const alternative of alternatives) {
    if (alternative === undefined || JSON.stringify(alternative.path) !== path) return [];
    values.push(alternative.value);
  }
  return [{ path: first.path, operator: "array_contains_any", value: values }];
}

/** The properties from the document down to what the expression names, if it is such a path. */
export function documentPath(query: Query, expression: Expression): readonly string[] | undefined {
  const [source] = query.sources;
  const path = asPath(expression);
  const root = source && !source.each ? asPath(source.value) : undefined;
  if (path === undefined || root === undefined || path.root !== source?.alias) return undefined;
  const keys = [...root.keys, ...path.keys];
  return keys.every((key) => typeof key === "string") && keys.length > 0 ? keys : undefined;
}

/**
 * An index may order strings by bytes, a query orders them by UTF-16 code units. Both agree around
 * texts without code units from U+D800 up, so only those bound a range.
 */
function isSeekable({ operator, value }: IndexableFilter): boolean {
  if (operator === "=" || operator.startsWith("array_contains")) return true;
  if (typeof value === "object" && value !== null) return false;
  return typeof value !== "string" || !/[\ud800-\uffff]/.test(value);
}
