import type {
  BoundQuery,
  ExecuteOptions,
  JsonObject,
  JsonValue,
  Place,
  ResumePoint,
} from "../sql/index.ts";
import { charges } from "../charges.ts";
import { isExpired } from "../container.ts";
import { limits } from "../limits.ts";
import type { StoredDocument } from "../storage/document-table.ts";
import type { AccessPath, Cursor, QueryScope } from "./access-path.ts";
import { asBadRequest } from "./compiled-queries.ts";

export type QueryPage = {
  /** Results as JSON texts. */
  readonly results: readonly string[];
  readonly next: PageStart | undefined;
  readonly charge: number;
  readonly documentsRead: number;
};

/** Where a page starts: after a document, some of whose results may have been given already. */
export type PageStart = { readonly after: Cursor | undefined; readonly skip: number };

export type PageOptions = {
  readonly start: PageStart | undefined;
  readonly size: number;
  readonly nowMs: number;
  readonly resume: ResumePoint | undefined;
};

/** Documents looked at for one page: bounds how long a page may take. */
const documentsPerPage = 5_000;

/**
 * Runs a query whose results follow its documents one by one, from where the last page ended. The
 * charge of a query is the sum of the charges of its pages (documentation: "Optimize the cost of
 * reads and writes").
 */
export function runStreaming(
  { container }: QueryScope,
  query: BoundQuery,
  path: AccessPath,
  { start, size, nowMs, resume }: PageOptions,
): QueryPage {
  const results: string[] = [];
  const from = resume === undefined ? {} : { from: [resume] };
  let after = start?.after;
  let skip = start?.skip ?? 0;
  let bytes = 0;
  let documentsRead = 0;
  let charge = start === undefined ? charges.query(path.lookups) : 0;
  const page = (next: PageStart | undefined): QueryPage => ({
    ...{ results, next, charge, documentsRead },
  });
  for (const { document, cursor } of path.rows(after)) {
    const isFull = results.length >= size || bytes >= limits.pageBytes;
    if ((isFull || documentsRead >= documentsPerPage) && after !== undefined) {
      return page({ after, skip: 0 });
    }
    if (!isExpired(document, container, nowMs)) {
      const room = size - results.length;
      const texts = resultsOf(query, document, { sorted: path.sorted, ...from }).slice(skip);
      for (const text of texts.slice(0, room)) {
        results.push(text);
        bytes += text.length;
      }
      documentsRead += 1;
      charge += charges.read(Buffer.byteLength(document.body));
      // The rest of the document's results belongs to the next page, which reads it again.
      if (texts.length > room) return page({ after, skip: skip + room });
    }
    after = cursor;
    skip = 0;
  }
  return page(undefined);
}

function resultsOf(query: BoundQuery, { body }: StoredDocument, options: ExecuteOptions): string[] {
  const document = JSON.parse(body) as JsonObject;
  const results = asBadRequest(() => query.execute([document], options));
  return results.map((result) => (result === document ? body : JSON.stringify(result)));
}

export type QueryResults = {
  readonly results: readonly string[];
  /** Where each result stands, if the query is ordered. */
  readonly places?: readonly Place[];
  readonly charge: number;
  readonly documentsRead: number;
};

/** Runs a query that must see all of its documents, or enough of them, before it has results. */
export function runWhole(
  scope: QueryScope,
  query: BoundQuery,
  path: AccessPath,
  { nowMs, ...options }: Pick<ExecuteOptions, "from" | "range"> & { readonly nowMs: number },
): QueryResults {
  const read = { documents: 0, charge: charges.query(path.lookups) };
  const places: Place[] = [];
  const execution = { sorted: path.sorted, ...options, ...(query.isOrdered && { places }) };
  const results = asBadRequest(() =>
    query.execute(liveDocuments(scope, path, nowMs, read), execution),
  );
  return {
    ...(query.isOrdered && { places }),
    results: results.map((result: JsonValue) => JSON.stringify(result)),
    charge: read.charge,
    documentsRead: read.documents,
  };
}

function* liveDocuments(
  { container }: QueryScope,
  path: AccessPath,
  nowMs: number,
  read: { documents: number; charge: number },
): Iterable<JsonObject> {
  for (const { document } of path.rows(undefined)) {
    if (isExpired(document, container, nowMs)) continue;
    read.documents += 1;
    read.charge += charges.read(Buffer.byteLength(document.body));
    yield JSON.parse(document.body) as JsonObject;
  }
}
