import { asPath, type Expression, type Query } from "./ast.ts";
import { compileExpression, compileObject } from "./expressions.ts";
import { compileGrouping, isGrouped } from "./grouping.ts";
import { comparePlaces, isFrom, numberOf, type Place, sortKey } from "./order.ts";
import { compileRows, type Range, type Rows, type Run } from "./rows.ts";
import type { Evaluate, Frame, Scope } from "./scope.ts";
import { locate, SqlError } from "./sql-error.ts";
import { canonical, type JsonValue, property, type Value } from "./values.ts";

/** Runs a compiled query; the results are at most `maximum`. */
type Execute = (run: Run, maximum: number) => JsonValue[];

/** Compiles all clauses of a query, or of a subquery. */
export function compileQueryClauses(query: Query, outer: Scope): Execute {
  const { rows: items, scope: itemScope } = compileRows(query, outer);
  let rows = items;
  let scope = itemScope;
  refuseUnservedClauses(query, outer);
  if (isGrouped(query)) {
    const grouping = compileGrouping(query, itemScope);
    rows = grouping.group(items);
    scope = grouping.scope;
  } else if (query.orderBy.length > 0) rows = compileOrder(items, query, itemScope);
  const project = compileSelect(query, scope);
  const range = compileRange(query, outer);

  return (run, maximum) => {
    const { skip, take } = run.range ?? range(run.frame);
    const wanted = Math.min(take, maximum);
    const results: JsonValue[] = [];
    if (wanted === 0) return results;
    const isNew = query.distinct ? createDistinctFilter() : undefined;
    let skipped = 0;
    rows(run, (frame, place) => {
      const result = project(frame);
      if (result === undefined || isNew?.(result) === false) return false;
      if (skipped < skip) skipped += 1;
      else {
        results.push(result);
        if (place !== undefined) run.places?.push(place);
      }
      return results.length >= wanted;
    });
    return results;
  };
}

/** What the grammar allows but the service refuses. */
function refuseUnservedClauses(query: Query, { isSubquery, text }: Scope): void {
  const { groupBy, orderBy, offset, sources } = query;
  const refuse = ({ offset: start }: Expression, what: string): never => {
    throw new SqlError(`${what} is not supported, at ${locate(text, start)}.`);
  };
  if (offset !== undefined && isSubquery) refuse(offset, "OFFSET in a subquery");
  for (const { value } of orderBy) {
    if (isSubquery) refuse(value, "ORDER BY in a subquery");
    if (groupBy.length > 0) refuse(value, "ORDER BY beside GROUP BY");
    const path = asPath(value);
    if (path === undefined) return refuse(value, "ORDER BY of anything but a path");
    if (sources[0]?.each !== false || path.root !== sources[0].alias) {
      refuse(value, "ORDER BY of items inside documents");
    }
  }
}

function createDistinctFilter(): (value: JsonValue) => boolean {
  const seen = new Set<string>();
  return (value) => seen.size < seen.add(canonical(value)).size;
}

function compileOrder(rows: Rows, { orderBy, sources }: Query, scope: Scope): Rows {
  const keys = orderBy.map(({ value }) => compileExpression(value, scope));
  const signs = orderBy.map(({ direction }) => (direction === "ASC" ? 1 : -1));
  const compare = comparePlaces(signs);
  const rootSlot = scope.aliases.get(sources[0]?.alias ?? "");
  const placeOf = (frame: Frame): Place => ({
    keys: keys.map((evaluate) => sortKey(evaluate(frame))),
    document: numberOf(rootSlot === undefined ? undefined : property(frame[rootSlot], "_rid")),
  });
  return (run, visit) => {
    const conditions = (run.from ?? []).map((point) => isFrom(point, signs));
    const isWanted = (place: Place): boolean => conditions.every((holds) => holds(place));
    if (run.sorted && conditions.length === 0 && run.places === undefined) return rows(run, visit);
    if (run.sorted) {
      return rows(run, (frame) => {
        const place = placeOf(frame);
        return isWanted(place) && visit(frame, place);
      });
    }
    const sortable: { readonly place: Place; readonly frame: Frame }[] = [];
    rows(run, (frame) => {
      const place = placeOf(frame);
      if (isWanted(place)) sortable.push({ place, frame: [...frame] });
      return false;
    });
    sortable.sort((left, right) => compare(left.place, right.place));
    return sortable.some(({ frame, place }) => visit(frame, place));
  };
}

function compileSelect({ select, sources }: Query, scope: Scope): Evaluate {
  switch (select.kind) {
    case "all": {
      const [source, ...joined] = sources;
      const slot = source?.alias === undefined ? undefined : scope.aliases.get(source.alias);
      if (slot === undefined || joined.length > 0 || scope.grouping !== undefined) {
        throw new SqlError("SELECT * needs exactly one source and no grouping.");
      }
      return (frame) => frame[slot];
    }
    case "value":
      return compileExpression(select.value, scope);
    case "list": {
      const names = new Set<string>();
      for (const { alias, value } of select.items) {
        if (names.size === names.add(alias).size) {
          const where = locate(scope.text, value.offset);
          throw new SqlError(`${alias} names two selected values, again at ${where}.`);
        }
      }
      return compileObject(
        select.items.map(({ alias, value }) => [alias, compileExpression(value, scope)]),
      );
    }
  }
}

/** The service counts results in 32 bits. */
const largestCount = 2 ** 31 - 1;
const isCount = (value: Value): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= largestCount;

/** Compiles TOP or OFFSET and LIMIT. */
export function compileRange(query: Query, scope: Scope): (frame: Frame) => Range {
  const compileCount = (clause: string, counted?: Expression): ((frame: Frame) => number) => {
    if (counted === undefined) return () => (clause === "OFFSET" ? 0 : Number.POSITIVE_INFINITY);
    const evaluate = compileExpression(counted, scope);
    return (frame) => {
      const value = evaluate(frame);
      if (isCount(value)) return value;
      const given = value === undefined ? "nothing" : JSON.stringify(value);
      throw new SqlError(`${clause} takes a whole number up to ${largestCount}, not ${given}.`);
    };
  };
  const skip = compileCount("OFFSET", query.offset);
  const take =
    query.top === undefined ? compileCount("LIMIT", query.limit) : compileCount("TOP", query.top);
  return (frame) => ({ skip: skip(frame), take: take(frame) });
}
