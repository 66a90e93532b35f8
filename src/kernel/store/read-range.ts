import type { Commit } from "../messages/commit.ts";
import { commitsAmong, readingsOf, type Stored, type StreamQueries } from "./stream-queries.ts";

export type CommitRange = { readonly from: string; readonly to: string; readonly limit: number };

/** Page by page: documents that are no commits, or are corrected, make one yield fewer than were asked for. */
export async function readRange(
  stream: string,
  { from, to, limit }: CommitRange,
  { model, query, corrections }: StreamQueries,
): Promise<readonly Commit[]> {
  const page = (operator: ">" | ">=", after: string): Promise<readonly Stored[]> =>
    query(
      stream,
      `SELECT TOP ${limit} * FROM c WHERE c.stream = @stream AND c.at ${operator} @from AND c.at < @to
       ORDER BY c.at ASC`,
      { from: after, to },
    );
  const [first, known] = await Promise.all([page(">=", from), corrections(stream)]);
  const readings = readingsOf(model, stream, known);
  const found: Commit[] = [];
  let documents = first;
  for (let after = ""; ;) {
    const isLast = documents.length < limit;
    const end = String(documents.at(-1)?.at);
    const inPage = readings.filter(
      ({ at }) => at >= from && at > after && (isLast ? at < to : at <= end),
    );
    const commits = [...commitsAmong(model, stream, documents, known), ...inPage];
    found.push(...commits.toSorted((a, b) => (a.at < b.at ? -1 : 1)));
    if (isLast || found.length >= limit) return found.slice(0, limit);
    after = end;
    documents = await page(">", end);
  }
}
