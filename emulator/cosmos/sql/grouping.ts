import { type Aggregate, createAggregate, isAggregate } from "./aggregates.ts";
import { children, type Expression, type Query, selected } from "./ast.ts";
import { compileExpression } from "./expressions.ts";
import type { Rows } from "./rows.ts";
import type { Evaluate, Frame, Scope } from "./scope.ts";
import { unparseExpression } from "./unparse.ts";
import { canonical } from "./values.ts";

/** Whether the query folds many rows into one. */
export function isGrouped(query: Query): boolean {
  return query.groupBy.length > 0 || selected(query.select).some(hasAggregate);
}

export function hasAggregate(expression: Expression): boolean {
  if (expression.kind === "call" && isAggregate(expression.name)) return true;
  return children(expression).some(hasAggregate);
}

type Key = { readonly slot: number; readonly evaluate: Evaluate };
type Fold = { readonly slot: number; readonly name: string; readonly argument: Evaluate };
type Group = { readonly frame: Frame; readonly aggregates: readonly Aggregate[] };

/**
 * Compiles GROUP BY. The scope given back is the one of the SELECT clause; the aggregates compiled
 * in it are computed by the rows given back, one row a group in order of first appearance. Without
 * GROUP BY everything is one group, even nothing.
 */
export function compileGrouping(
  { groupBy, sources }: Query,
  items: Scope,
): { scope: Scope; group: (rows: Rows) => Rows } {
  const keys = new Map<string, Key>();
  for (const expression of groupBy) {
    const evaluate = compileExpression(expression, items);
    keys.set(unparseExpression(expression), { slot: items.newSlot(), evaluate });
  }
  const folds: Fold[] = [];
  const aggregateSlot = (name: string, argument: Evaluate): number => {
    const slot = items.newSlot();
    folds.push({ slot, name, argument });
    return slot;
  };
  const hidden = new Set(sources.map(({ alias }) => alias));
  const keySlot = (text: string): number | undefined => keys.get(text)?.slot;
  const scope = { ...items, grouping: { items, hidden, keySlot, aggregateSlot } };
  return { scope, group: (rows) => groupRows(rows, [...keys.values()], folds) };
}

function groupRows(rows: Rows, keys: readonly Key[], folds: readonly Fold[]): Rows {
  return (run, visit) => {
    const groups = new Map<string, Group>();
    const groupOf = (id: string, frame: Frame): Group => {
      const known = groups.get(id);
      if (known !== undefined) return known;
      const group = {
        frame: [...frame],
        aggregates: folds.map(({ name }) => createAggregate(name)),
      };
      groups.set(id, group);
      return group;
    };
    if (keys.length === 0) groupOf("", run.frame);
    rows(run, (frame) => {
      for (const { slot, evaluate } of keys) frame[slot] = evaluate(frame);
      const group = groupOf(keys.map(({ slot }) => canonical(frame[slot])).join(), frame);
      for (const [index, { argument }] of folds.entries()) {
        group.aggregates[index]?.add(argument(frame));
      }
      return false;
    });
    for (const { frame, aggregates } of groups.values()) {
      for (const [index, { slot }] of folds.entries()) frame[slot] = aggregates[index]?.result();
      if (visit(frame)) return true;
    }
    return false;
  };
}
