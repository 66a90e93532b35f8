/** Which names a Bicep file declares, and which it uses without having declared them. */
import { type BicepFile, rootsOf } from "./files.ts";
import { childrenOf, type Expression, type Statement } from "./syntax.ts";

export function declaredNames({ statements }: BicepFile): string[] {
  return statements.flatMap(namesOf);
}

function namesOf(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case "targetScope":
    case "output":
      return [];
    case "import":
      return statement.names;
    case "param":
    case "var":
    case "resource":
    case "module":
      return [statement.name];
  }
}

/** The names that a file uses, those of its own loops and lambdas left out. */
export function usedNames({ statements }: BicepFile): Set<string> {
  return new Set(statements.flatMap(rootsOf).flatMap((root) => [...freeNames(root, new Set())]));
}

function* freeNames(expression: Expression, bound: ReadonlySet<string>): Generator<string> {
  switch (expression.kind) {
    case "name":
      if (!bound.has(expression.name)) yield expression.name;
      return;
    case "for":
      yield* freeNames(expression.of, bound);
      yield* freeNames(expression.body, new Set([...bound, expression.each]));
      return;
    case "lambda":
      yield* freeNames(expression.body, new Set([...bound, expression.parameter]));
      return;
    default:
      for (const child of childrenOf(expression)) yield* freeNames(child, bound);
  }
}
