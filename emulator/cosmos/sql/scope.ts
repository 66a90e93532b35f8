import type { Query } from "./ast.ts";
import type { JsonValue, Value } from "./values.ts";

/**
 * The values a running query holds, by slot: the time, its parameters, the current item of each
 * source, and the keys and aggregates of a group. Compiling gives every one of them its slot.
 */
export type Frame = Value[];

/** Slot of the time in milliseconds since the epoch, the same for the whole run of a query. */
export const nowSlot = 0;

/** A compiled expression. */
export type Evaluate = (frame: Frame) => Value;

/** A compiled subquery: its results for the outer items now in the frame, at most `maximum`. */
type RunSubquery = (frame: Frame, maximum: number) => readonly JsonValue[];

/** What names mean where an expression stands. */
export type Scope = {
  /** The query text, to say where an error is. */
  readonly text: string;
  readonly aliases: ReadonlyMap<string, number>;
  /** A subquery has only what its outer query names as sources, not the container. */
  readonly isSubquery: boolean;
  parameterSlot(name: string): number;
  newSlot(): number;
  compileSubquery(query: Query, scope: Scope): RunSubquery;
  /** Present in the SELECT of a grouped query, where only keys and aggregates can be named. */
  readonly grouping?: Grouping;
};

type Grouping = {
  /** The scope of the grouped items, for the arguments of aggregates. */
  readonly items: Scope;
  /** The aliases of the grouped items, which the SELECT can not name. */
  readonly hidden: ReadonlySet<string | undefined>;
  /** The slot of a GROUP BY expression, by its text. */
  keySlot(text: string): number | undefined;
  /** The slot of an aggregate over this argument. */
  aggregateSlot(name: string, argument: Evaluate): number;
};
