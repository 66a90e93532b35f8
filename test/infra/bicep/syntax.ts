/** A Bicep file as a tree: as much of the language as infra/ uses, and nothing else is accepted. */

export type Expression =
  | { readonly kind: "literal"; readonly value: number | boolean | null }
  | { readonly kind: "string"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "name"; readonly name: string; readonly line: number }
  | { readonly kind: "member"; readonly of: Expression; readonly name: string }
  /** `account::blobs`: a resource declared inside another. */
  | { readonly kind: "nested"; readonly of: Expression; readonly name: string }
  | { readonly kind: "index"; readonly of: Expression; readonly at: Expression }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly Expression[] }
  | {
      readonly kind: "method";
      readonly of: Expression;
      readonly name: string;
      readonly arguments: readonly Expression[];
    }
  | { readonly kind: "object"; readonly properties: readonly Property[] }
  | { readonly kind: "array"; readonly items: readonly Expression[] }
  | {
      readonly kind: "for";
      readonly each: string;
      readonly of: Expression;
      readonly body: Expression;
    }
  | { readonly kind: "lambda"; readonly parameter: string; readonly body: Expression }
  | { readonly kind: "operation"; readonly operands: readonly Expression[] };

type Property = { readonly key: string | Expression; readonly value: Expression };

type ObjectExpression = Extract<Expression, { kind: "object" }>;

type Decorator = Extract<Expression, { kind: "call" }>;

export type Statement = { readonly line: number; readonly decorators: readonly Decorator[] } & (
  | { readonly kind: "targetScope"; readonly value: Expression }
  | { readonly kind: "import"; readonly names: readonly string[]; readonly from: string }
  | {
      readonly kind: "param";
      readonly name: string;
      readonly type: string;
      readonly otherwise: Expression | undefined;
    }
  | { readonly kind: "var"; readonly name: string; readonly value: Expression }
  | {
      readonly kind: "output";
      readonly name: string;
      readonly type: string;
      readonly value: Expression;
    }
  | Resource
  | {
      readonly kind: "module";
      readonly name: string;
      readonly path: string;
      readonly body: Expression;
    }
);

export type Resource = {
  readonly kind: "resource";
  readonly name: string;
  /** `Microsoft.Web/sites@2024-11-01`; inside another resource only the last segment. */
  readonly type: string;
  readonly isExisting: boolean;
  readonly condition: Expression | undefined;
  readonly body: Expression;
  readonly inside: readonly Resource[];
};

/** Every expression in it, itself first. */
export function* everyExpression(expression: Expression): Generator<Expression> {
  yield expression;
  for (const child of childrenOf(expression)) yield* everyExpression(child);
}

export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "name":
      return [];
    case "string":
      return expression.parts.filter((part) => typeof part !== "string");
    case "member":
    case "nested":
      return [expression.of];
    case "index":
      return [expression.of, expression.at];
    case "call":
      return expression.arguments;
    case "method":
      return [expression.of, ...expression.arguments];
    case "object":
      return expression.properties.flatMap(({ key, value }) =>
        typeof key === "string" ? [value] : [key, value],
      );
    case "array":
      return expression.items;
    case "for":
      return [expression.of, expression.body];
    case "lambda":
      return [expression.body];
    case "operation":
      return expression.operands;
  }
}

/** The object that a body is, or that a loop makes again and again. */
export function objectIn(expression: Expression): ObjectExpression | undefined {
  if (expression.kind === "for") return objectIn(expression.body);
  return expression.kind === "object" ? expression : undefined;
}

/** The value at a path of keys such as `properties.disableLocalAuth`. */
export function valueAt(expression: Expression, path: string): Expression | undefined {
  let current: Expression | undefined = expression;
  for (const step of path.split(".")) {
    if (current === undefined) return undefined;
    current = objectIn(current)?.properties.find(({ key }) => key === step)?.value;
  }
  return current;
}

/** The text of a string without interpolation. */
export function textOf(expression: Expression | undefined): string | undefined {
  if (expression?.kind !== "string") return undefined;
  const [only, ...rest] = expression.parts;
  return typeof only === "string" && rest.length === 0 ? only : undefined;
}
