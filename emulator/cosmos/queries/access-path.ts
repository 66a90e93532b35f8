import type { BoundQuery, IndexableFilter, JsonValue } from "../sql/index.ts";
import type { Container } from "../container.ts";
import { type IndexTerm, termKind, termOf, termPath } from "../indexing/index-terms.ts";
import { isIndexed } from "../indexing/indexing-policy.ts";
import type { DocumentTable, StoredDocument } from "../storage/document-table.ts";
import {
  countWithTerm,
  type Direction,
  hasUnorderedTerms,
  rowsByTerm,
  rowsWithoutTerm,
  rowsWithTerm,
  type TermBound,
  type TermBounds,
} from "./term-reads.ts";

/** Where a reader stands: the values that order its rows, for it to go on after them. */
export type Cursor = readonly (string | number)[];
type CursorRow = { readonly document: StoredDocument; readonly cursor: Cursor };

/** How the documents that a query looks at are found. */
export type AccessPath = {
  /** Tells it from the other ways that the same query could take. */
  readonly name: string;
  /** Rows in a fixed order, those after `after` if it is given. */
  rows(after: Cursor | undefined): Iterable<CursorRow>;
  /** Whether the rows come in the order the query asks for. */
  readonly sorted: boolean;
  /** Seeks in the index, for the charge. */
  readonly lookups: number;
};

/** What part of the container a query is about. */
export type QueryScope = {
  readonly container: Container;
  /** The slice of the hash space to read. */
  readonly minInclusive: string;
  readonly maxExclusive: string;
  /** Identity of the logical partition if it is only one: what indexes can serve. */
  readonly partition: string | undefined;
};

/** With no more matches than this, sorting them beats walking an index in order. */
export const fewMatches = 200;

export type IndexableQuery = Pick<BoundQuery, "filters" | "orderBy">;
export type Filters = BoundQuery["filters"];

/** Within one logical partition all documents agree on the partition key. */
export function usefulFilters(
  { partitionKeyPaths }: Container,
  { filters }: IndexableQuery,
): Filters {
  return filters.filter(
    ({ path }) => !partitionKeyPaths.some((keyPath) => samePath(keyPath, path)),
  );
}

const samePath = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name, index) => name === right[index]);

export function scan({ container, minInclusive, maxExclusive }: QueryScope): AccessPath {
  return {
    name: "scan",
    sorted: false,
    lookups: 0,
    *rows(after) {
      const [partition = minInclusive, id = ""] = (after ?? []) as readonly string[];
      for (const document of container.documents.after(partition, id, maxExclusive)) {
        yield { document, cursor: [document.partition, document.id] };
      }
    },
  };
}

export function byId(
  { container, partition }: QueryScope,
  filters: Filters,
): AccessPath | undefined {
  const id = filters.find(({ path, operator }) => operator === "=" && path.join() === "id")?.value;
  if (partition === undefined || id === undefined) return undefined;
  return {
    name: "id",
    sorted: false,
    lookups: 1,
    *rows(after) {
      if (after !== undefined || typeof id !== "string") return;
      const document = container.documents.find(partition, id);
      if (document !== undefined) yield { document, cursor: [id] };
    },
  };
}

/** The index terms that every result must have, from conditions of equality. */
export function equalTerms({ indexing }: Container, filters: Filters): IndexTerm[] {
  return filters.flatMap(({ path, operator, value }) => {
    const { kind, value: key } = termOf(value);
    if (kind >= termKind.array) return [];
    if (operator === "=" && isIndexed(path, indexing)) {
      return [{ path: termPath(path), kind, value: key }];
    }
    if (operator !== "array_contains" || !isIndexed([...path, "[]"], indexing)) return [];
    return [{ path: `${termPath(path)}/[]`, kind, value: key }];
  });
}

export function byTerm({ container, partition = "" }: QueryScope, term: IndexTerm): AccessPath {
  return {
    name: `term ${term.path} ${term.kind} ${term.value}`,
    sorted: false,
    lookups: 1,
    *rows(after) {
      const [afterId = ""] = (after ?? []) as readonly string[];
      for (const document of rowsWithTerm(container.documents, partition, term, afterId)) {
        yield { document, cursor: [document.id] };
      }
    },
  };
}

/** The documents that have one of several terms, each once, by id. */
export function byAnyTerm(
  { container, partition }: QueryScope,
  filters: Filters,
): (AccessPath & { isCheap(): boolean }) | undefined {
  const filter = filters.find(({ operator }) => operator === "array_contains_any");
  if (partition === undefined || !Array.isArray(filter?.value)) return undefined;
  const { path, value } = filter;
  const terms = (value as readonly JsonValue[]).map((item) =>
    equalTerms(container, [{ path, operator: "array_contains", value: item }]),
  );
  if (terms.some((found) => found.length === 0)) return undefined;
  const { documents } = container;
  return {
    name: `any term ${termPath(path)}`,
    sorted: false,
    lookups: terms.length,
    /** Whether no term is too common to collect its documents and sort them. */
    isCheap: () =>
      terms.flat().every((t) => countWithTerm(documents, partition, t, fewMatches) < fewMatches),
    *rows(after) {
      const [afterId = ""] = (after ?? []) as readonly string[];
      const found = terms
        .flat()
        .flatMap((term) => [...rowsWithTerm(documents, partition, term, afterId)]);
      const byDocument = new Map(found.map((document) => [document.id, document]));
      for (const document of [...byDocument.values()].sort(inStorageOrder)) {
        yield { document, cursor: [document.id] };
      }
    },
  };
}

/** SQLite orders texts by their UTF-8 bytes; a cursor must mean the same here and there. */
const inStorageOrder = (left: StoredDocument, right: StoredDocument): number =>
  Buffer.compare(Buffer.from(left.id), Buffer.from(right.id));

/** Walks the index of the path that the query is ordered by. */
export function byOrder(
  { container, partition }: QueryScope,
  { orderBy, filters }: IndexableQuery,
): (AccessPath & { isExact(): boolean }) | undefined {
  const [order] = orderBy;
  if (partition === undefined || order === undefined || orderBy.length > 1) return undefined;
  if (!isIndexed(order.path, container.indexing)) return undefined;
  const path = termPath(order.path);
  const { direction } = order;
  const bounds = boundsOn(order.path, filters);
  const range = { table: container.documents, partition, path, direction, bounds };
  return {
    name: "order",
    sorted: true,
    lookups: 1,
    /** Whether the order of the index is the query's: it does not know that of arrays and objects. */
    isExact: () => bounds !== undefined || !hasUnorderedTerms(container.documents, partition, path),
    *rows(after) {
      // Documents without the property come first in ascending order, last in descending order.
      if (bounds !== undefined) yield* rowsInOrder(range, after);
      else if (after?.length === 1) {
        yield* rowsBesideOrder(range, Number(after[0]));
        if (direction === "ASC") yield* rowsInOrder(range, undefined);
      } else {
        if (direction === "ASC" && after === undefined) yield* rowsBesideOrder(range, undefined);
        yield* rowsInOrder(range, after);
        if (direction === "DESC") yield* rowsBesideOrder(range, undefined);
      }
    },
  };
}

type OrderedRange = {
  readonly table: DocumentTable;
  readonly partition: string;
  readonly path: string;
  readonly direction: Direction;
  readonly bounds: TermBounds | undefined;
};

function* rowsInOrder(range: OrderedRange, after: Cursor | undefined): Iterable<CursorRow> {
  const { table, partition, path, direction, bounds } = range;
  const [kind, value, created] = (after ?? []) as readonly [number?, (string | number)?, number?];
  const place =
    kind === undefined || value === undefined || created === undefined
      ? undefined
      : { kind, value, created };
  for (const row of rowsByTerm(table, partition, path, { bounds, direction, after: place })) {
    yield { document: row, cursor: [row.kind, row.value, row.created] };
  }
}

function* rowsBesideOrder(range: OrderedRange, after: number | undefined): Iterable<CursorRow> {
  const { table, partition, path, direction } = range;
  for (const document of rowsWithoutTerm(table, partition, path, { direction, after })) {
    yield { document, cursor: [document.created] };
  }
}

/** Walks the values of one path between the bounds that the conditions set. */
export function byRange(
  { container, partition }: QueryScope,
  filters: Filters,
): AccessPath | undefined {
  if (partition === undefined) return undefined;
  for (const { path: segments } of filters) {
    const bounds = boundsOn(segments, filters);
    if (bounds === undefined || !isIndexed(segments, container.indexing)) continue;
    const path = termPath(segments);
    const table = container.documents;
    const range = { table, partition, path, direction: "ASC", bounds } as const;
    return {
      name: `range ${path}`,
      sorted: false,
      lookups: 1,
      rows: (after) => rowsInOrder(range, after),
    };
  }
  return undefined;
}

/** What conditions say about the values on a path; undefined if nothing that an index can use. */
function boundsOn(path: readonly string[], filters: Filters): TermBounds | undefined {
  let bounds: TermBounds | undefined;
  for (const filter of filters) {
    if (filter.operator.startsWith("array_contains") || !samePath(filter.path, path)) continue;
    const term = termOf(filter.value);
    // Comparisons hold between values of one type; null, true and false have no range.
    if (term.kind !== termKind.number && term.kind !== termKind.string) continue;
    if (bounds !== undefined && bounds.kind !== term.kind) continue;
    bounds = { kind: term.kind, ...bounds, ...boundOf(filter, term.value) };
  }
  return bounds;
}

function boundOf(
  { operator }: IndexableFilter,
  value: IndexTerm["value"],
): { readonly low?: TermBound; readonly high?: TermBound } {
  switch (operator) {
    case "=":
      return { low: { value, inclusive: true }, high: { value, inclusive: true } };
    case ">":
    case ">=":
      return { low: { value, inclusive: operator === ">=" } };
    case "<":
    case "<=":
      return { high: { value, inclusive: operator === "<=" } };
    case "array_contains":
    case "array_contains_any":
      return {};
  }
}
