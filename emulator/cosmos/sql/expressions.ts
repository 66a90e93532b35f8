import { isAggregate } from "./aggregates.ts";
import type { Expression } from "./ast.ts";
import { builtIns } from "./functions/index.ts";
import { binaryOperators, combine, isIn, likeTest, unaryOperators } from "./operators.ts";
import { type Evaluate, type Frame, nowSlot, type Scope } from "./scope.ts";
import { locate, SqlError } from "./sql-error.ts";
import { unparseExpression } from "./unparse.ts";
import { type JsonValue, property, type Value } from "./values.ts";

/** Compiles an expression to a closure, or throws SqlError for a name that means nothing. */
export function compileExpression(expression: Expression, scope: Scope): Evaluate {
  const keySlot = scope.grouping?.keySlot(unparseExpression(expression));
  return keySlot === undefined ? compileNode(expression, scope) : readSlot(keySlot);
}

const readSlot =
  (slot: number): Evaluate =>
  (frame) =>
    frame[slot];

function compileNode(expression: Expression, scope: Scope): Evaluate {
  const compile = (child: Expression): Evaluate => compileExpression(child, scope);
  switch (expression.kind) {
    case "literal": {
      const { value } = expression;
      return () => value;
    }
    case "parameter":
      return readSlot(scope.parameterSlot(expression.name));
    case "alias":
      return compileAlias(expression, scope);
    case "member":
      return compileMember(compile(expression.object), expression.key, scope);
    case "unary": {
      const apply = unaryOperators[expression.operator];
      const operand = compile(expression.operand);
      return (frame) => apply(operand(frame));
    }
    case "binary": {
      const apply = binaryOperators[expression.operator];
      const [left, right] = [compile(expression.left), compile(expression.right)];
      return (frame) => apply(left(frame), right(frame));
    }
    case "logical":
      return compileLogical(expression, compile);
    case "conditional": {
      const [condition, consequent] = [expression.condition, expression.consequent].map(compile);
      const alternate = compile(expression.alternate);
      return (frame) => (condition?.(frame) === true ? consequent?.(frame) : alternate(frame));
    }
    case "in": {
      const operand = compile(expression.operand);
      const candidates = expression.candidates.map(compile);
      return (frame) =>
        isIn(
          operand(frame),
          candidates.map((candidate) => candidate(frame)),
        );
    }
    case "between":
      return compileBetween(expression, compile);
    case "like":
      return compileLike(expression, compile);
    case "call":
      return compileCall(expression, scope);
    case "array": {
      const items = expression.items.map(compile);
      return (frame) => items.map((item) => item(frame)).filter((item) => item !== undefined);
    }
    case "object":
      return compileObject(
        expression.properties.map(({ key, value }) => [key, compile(value)] as const),
      );
    case "subquery":
      return compileSubquery(expression, scope);
  }
}

type Node<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;
type Compile = (expression: Expression) => Evaluate;

function compileAlias({ name, offset }: Node<"alias">, scope: Scope): Evaluate {
  const where = `at ${locate(scope.text, offset)}`;
  if (scope.grouping?.hidden.has(name) === true) {
    throw new SqlError(`${name} ${where} must be in the GROUP BY clause or inside an aggregate.`);
  }
  const slot = scope.aliases.get(name);
  if (slot === undefined) throw new SqlError(`Nothing is named ${name} ${where}.`);
  return readSlot(slot);
}

function compileMember(object: Evaluate, keyExpression: Expression, scope: Scope): Evaluate {
  if (keyExpression.kind !== "literal") {
    const key = compileExpression(keyExpression, scope);
    return (frame) => property(object(frame), key(frame));
  }
  const key = keyExpression.value;
  return (frame) => property(object(frame), key);
}

function compileLogical({ operator, operands }: Node<"logical">, compile: Compile): Evaluate {
  const evaluates = operands.map(compile);
  return (frame) => combine(operator, values(frame));

  function* values(frame: Frame): Iterable<Value> {
    for (const evaluate of evaluates) yield evaluate(frame);
  }
}

function compileBetween({ operand, low, high }: Node<"between">, compile: Compile): Evaluate {
  const value = compile(operand);
  const [from, to] = [compile(low), compile(high)];
  const { "<=": isAtMost, ">=": isAtLeast } = binaryOperators;
  return (frame) => {
    const tested = value(frame);
    return combine("AND", [isAtLeast(tested, from(frame)), isAtMost(tested, to(frame))]);
  };
}

function compileLike({ operand, pattern, escape }: Node<"like">, compile: Compile): Evaluate {
  const [text, like] = [compile(operand), compile(pattern)];
  let lastPattern: Value;
  let test = likeTest("");
  return (frame) => {
    const [tested, wanted] = [text(frame), like(frame)];
    if (typeof tested !== "string" || typeof wanted !== "string") return undefined;
    if (wanted !== lastPattern) test = likeTest(wanted, escape);
    lastPattern = wanted;
    return test(tested);
  };
}

function compileCall(call: Node<"call">, scope: Scope): Evaluate {
  const { name, offset } = call;
  const where = `at ${locate(scope.text, offset)}`;
  const takes = (count: number, minimum: number, maximum: number): void => {
    if (count >= minimum && count <= maximum) return;
    const range = minimum === maximum ? `${minimum}` : `${minimum} to ${maximum}`;
    throw new SqlError(`${name} ${where} takes ${range} arguments, not ${count}.`);
  };
  const [first] = call.arguments;
  if (isAggregate(name)) {
    takes(call.arguments.length, 1, 1);
    if (scope.grouping === undefined || first === undefined) {
      throw new SqlError(`The aggregate ${name} ${where} can only stand in a SELECT clause.`);
    }
    const argument = compileExpression(first, scope.grouping.items);
    return readSlot(scope.grouping.aggregateSlot(name, argument));
  }
  const builtIn = builtIns.get(name);
  if (builtIn === undefined) throw new SqlError(`There is no function ${name} ${where}.`);
  takes(call.arguments.length, ...builtIn.arity);
  const values = call.arguments.map((argument) => compileExpression(argument, scope));
  const { apply } = builtIn;
  if (builtIn.needsNow === true) return (frame) => apply(frame[nowSlot]);
  return (frame) => apply(...values.map((value) => value(frame)));
}

/** An undefined property is left out of the object. */
export function compileObject(properties: readonly (readonly [string, Evaluate])[]): Evaluate {
  return (frame) => {
    const entries: [string, JsonValue][] = [];
    for (const [key, evaluate] of properties) {
      const value = evaluate(frame);
      if (value !== undefined) entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  };
}

function compileSubquery({ form, query, offset }: Node<"subquery">, scope: Scope): Evaluate {
  const where = `at ${locate(scope.text, offset)}`;
  if (scope.grouping !== undefined) {
    throw new SqlError(`A subquery beside aggregates or GROUP BY is not supported ${where}.`);
  }
  const run = scope.compileSubquery(query, scope);
  switch (form) {
    case "EXISTS":
      return (frame) => run(frame, 1).length > 0;
    case "ARRAY":
      return (frame) => run(frame, Number.POSITIVE_INFINITY);
    case "scalar":
      return (frame) => {
        const [result, ...more] = run(frame, 2);
        if (more.length === 0) return result;
        throw new SqlError(`The subquery ${where} gives more than one value.`);
      };
  }
}
