import type { Commit } from "../messages/commit.ts";
import { fold, inPlace } from "./history.ts";
import { hasCommitId, readLeniently } from "../messages/read-commit.ts";
import type { Stored, StreamQueries } from "./stream-queries.ts";
import { trustedHead } from "./trusted-head.ts";

/** Its snapshot is trusted in a stream without corrections; else the stream is folded anew up to it. */
export async function readAsOf(
  stream: string,
  at: string,
  queries: StreamQueries,
): Promise<Commit | undefined> {
  const [last, corrections] = await Promise.all([
    lastUntil(stream, at, queries),
    queries.corrections(stream),
  ]);
  if (corrections.size > 0) return foldedUpTo(stream, (commit) => commit.at <= at, queries);
  if (last === undefined) return undefined;
  const { model } = queries;
  const head = trustedHead(model, last);
  if (head !== undefined) return head;
  const { number } = inPlace(stream, last, (raw) => readLeniently(model, raw));
  return foldedUpTo(stream, (commit) => commit.number <= number, queries);
}

async function lastUntil(
  stream: string,
  at: string,
  { query }: StreamQueries,
): Promise<Stored | undefined> {
  const text = (operator: "<" | "<="): string =>
    `SELECT TOP 1 * FROM c WHERE c.stream = @stream AND c.at ${operator} @at ORDER BY c.at DESC`;
  let [found] = await query(stream, text("<="), { at });
  while (found !== undefined && !hasCommitId(found))
    [found] = await query(stream, text("<"), { at: String(found.at) });
  return found;
}

async function foldedUpTo(
  stream: string,
  isIn: (commit: Commit) => boolean,
  { model, history }: StreamQueries,
): Promise<Commit | undefined> {
  const commits = (await history(stream)).filter(isIn);
  const last = commits.at(-1);
  return last && { ...last, snapshot: fold(model, stream, commits) };
}
