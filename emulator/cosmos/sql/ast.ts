import type { JsonValue } from "./values.ts";

export type UnaryOperator = "+" | "-" | "~" | "NOT";
export type LogicalOperator = "AND" | "OR";
export type BinaryOperator =
  | "??"
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "||"
  | "|"
  | "^"
  | "&"
  | "<<"
  | ">>"
  | ">>>"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%";

/** `offset` is where the node starts in the query text; it only serves error messages. */
export type Expression = { readonly offset: number } & (
  | { readonly kind: "literal"; readonly value: JsonValue | undefined }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "alias"; readonly name: string }
  | { readonly kind: "member"; readonly object: Expression; readonly key: Expression }
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** `a AND b AND c` in one node, because queries may chain thousands. */
  | {
      readonly kind: "logical";
      readonly operator: LogicalOperator;
      readonly operands: readonly Expression[];
    }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly consequent: Expression;
      readonly alternate: Expression;
    }
  | {
      readonly kind: "in";
      readonly operand: Expression;
      readonly candidates: readonly Expression[];
    }
  | {
      readonly kind: "between";
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
    }
  | {
      readonly kind: "like";
      readonly operand: Expression;
      readonly pattern: Expression;
      /** The character after which the next one of the pattern means itself. */
      readonly escape?: string;
    }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: "array"; readonly items: readonly Expression[] }
  | { readonly kind: "object"; readonly properties: readonly Property[] }
  | {
      readonly kind: "subquery";
      readonly form: "EXISTS" | "ARRAY" | "scalar";
      readonly query: Query;
    }
);

export type Property = { readonly key: string; readonly value: Expression };

export type Select =
  | { readonly kind: "all" }
  | { readonly kind: "value"; readonly value: Expression }
  | { readonly kind: "list"; readonly items: readonly SelectItem[] };

export type SelectItem = { readonly value: Expression; readonly alias: string };

/** One of the sources after FROM and JOIN: a path or a subquery. */
export type Source = {
  readonly offset: number;
  /** Absent: the source only multiplies rows. */
  readonly alias?: string;
  /** `FROM x IN y`: one row for each item of the array. */
  readonly each: boolean;
  /** In the first source of a query, the path starts at the container. */
  readonly value: Expression;
};

export type OrderItem = { readonly value: Expression; readonly direction: "ASC" | "DESC" };

export type Query = {
  readonly distinct: boolean;
  readonly top?: Expression;
  readonly select: Select;
  /** Empty when there is no FROM: one row without documents. */
  readonly sources: readonly Source[];
  readonly where?: Expression;
  readonly groupBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly offset?: Expression;
  readonly limit?: Expression;
};

/** The expressions directly inside an expression; not those inside its subquery. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "parameter":
    case "alias":
    case "subquery":
      return [];
    case "member":
      return [expression.object, expression.key];
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "logical":
      return expression.operands;
    case "conditional":
      return [expression.condition, expression.consequent, expression.alternate];
    case "in":
      return [expression.operand, ...expression.candidates];
    case "between":
      return [expression.operand, expression.low, expression.high];
    case "like":
      return [expression.operand, expression.pattern];
    case "call":
      return expression.arguments;
    case "array":
      return expression.items;
    case "object":
      return expression.properties.map(({ value }) => value);
  }
}

/** The expressions a SELECT clause is made of. */
export function selected(select: Select): readonly Expression[] {
  switch (select.kind) {
    case "all":
      return [];
    case "value":
      return [select.value];
    case "list":
      return select.items.map(({ value }) => value);
  }
}

/** A path such as `c.a["b"][0]`: the alias it starts at and the keys after it. */
export type Path = { readonly root: string; readonly keys: readonly (string | number)[] };

/** The path an expression is, if it is nothing but one. */
export function asPath(expression: Expression): Path | undefined {
  if (expression.kind === "alias") return { root: expression.name, keys: [] };
  if (expression.kind !== "member" || expression.key.kind !== "literal") return undefined;
  const parent = asPath(expression.object);
  const { value: key } = expression.key;
  if (typeof key !== "string" && typeof key !== "number") return undefined;
  return parent && { root: parent.root, keys: [...parent.keys, key] };
}
