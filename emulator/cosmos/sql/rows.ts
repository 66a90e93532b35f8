import { asPath, type Query, type Source } from "./ast.ts";
import { compileExpression } from "./expressions.ts";
import type { Place, ResumePoint } from "./order.ts";
import type { Frame, Scope } from "./scope.ts";
import { locate, SqlError } from "./sql-error.ts";
import { isArray, type JsonObject, type Value } from "./values.ts";

/** What one run of a query is given. */
export type Run = {
  readonly frame: Frame;
  readonly documents: Iterable<JsonObject>;
  /** Whether the documents already come in the order of the ORDER BY clause. */
  readonly sorted: boolean;
  /** Ordered rows before any of these points are left out. */
  readonly from?: readonly ResumePoint[];
  /** Takes the place of what the query says of TOP, OFFSET and LIMIT. */
  readonly range?: Range;
  /** Is given the place of each result of an ordered query. */
  readonly places?: Place[];
};

/** How many results to leave out and how many to give. */
export type Range = { readonly skip: number; readonly take: number };

/** Sees the frame of one row, and its place if the rows are ordered; true means it has seen enough. */
type Visit = (frame: Frame, place?: Place) => boolean;

/** A stage of a query: hands its rows to `visit`; gives true if that had seen enough. */
export type Rows = (run: Run, visit: Visit) => boolean;

/** Compiles FROM, JOIN and WHERE; the scope given back is the one of the other clauses. */
export function compileRows(query: Query, outer: Scope): { rows: Rows; scope: Scope } {
  let rows: Rows = ({ frame }, visit) => visit(frame);
  let scope = outer;
  const names = new Set<string>();
  for (const [index, source] of query.sources.entries()) {
    refuseSecond(source, names, outer.text);
    const isContainer = index === 0 && !outer.isSubquery;
    const read = isContainer ? compileContainer(source, scope) : compileSource(source, scope);
    const slot = scope.newSlot();
    rows = nest(rows, read, slot);
    scope = nameSource(source, slot, scope);
  }
  if (query.where === undefined) return { rows, scope };
  const where = compileExpression(query.where, scope);
  const all = rows;
  const filtered: Rows = (run, visit) => all(run, (frame) => where(frame) === true && visit(frame));
  return { rows: filtered, scope };
}

type ReadItems = (run: Run) => Iterable<Value>;

function nest(outerRows: Rows, read: ReadItems, slot: number): Rows {
  return (run, visit) =>
    outerRows(run, (frame) => {
      for (const item of read(run)) {
        frame[slot] = item;
        if (visit(frame)) return true;
      }
      return false;
    });
}

function refuseSecond({ alias, offset }: Source, names: Set<string>, text: string): void {
  if (alias === undefined || names.size < names.add(alias).size) return;
  throw new SqlError(`${alias} names two sources, again at ${locate(text, offset)}.`);
}

function nameSource({ alias }: Source, slot: number, scope: Scope): Scope {
  if (alias === undefined) return scope;
  return { ...scope, aliases: new Map([...scope.aliases, [alias, slot]]) };
}

/** The first source: whatever its path starts with stands for the container. */
function compileContainer(source: Source, scope: Scope): ReadItems {
  const path = asPath(source.value);
  if (path === undefined) {
    const where = locate(scope.text, source.offset);
    throw new SqlError(`The first source at ${where} must be the container or a path in it.`);
  }
  if (path.keys.length === 0 && !source.each) return ({ documents }) => documents;
  const slot = scope.newSlot();
  const document = { ...scope, aliases: new Map([[path.root, slot]]) };
  const read = compileSource(source, document);
  return function* (run) {
    for (const item of run.documents) {
      run.frame[slot] = item;
      yield* read(run);
    }
  };
}

function compileSource({ value, each, offset }: Source, scope: Scope): ReadItems {
  if (value.kind === "subquery" && value.form === "scalar" && !each) {
    const subquery = scope.compileSubquery(value.query, scope);
    return ({ frame }) => subquery(frame, Number.POSITIVE_INFINITY);
  }
  if (asPath(value) === undefined) {
    const where = locate(scope.text, offset);
    throw new SqlError(`The source at ${where} is neither a path nor, after JOIN, a subquery.`);
  }
  const read = compileExpression(value, scope);
  return ({ frame }) => {
    const item = read(frame);
    if (each) return isArray(item) ? item : [];
    return item === undefined ? [] : [item];
  };
}
