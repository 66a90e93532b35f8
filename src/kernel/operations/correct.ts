/**
 * Corrects a stream: what is stored stays as it is, and a commit beside it says what it is read as from now on
 * (docs/adr/0018). Nothing else writes corrections.
 */
import { type Commit, commitId, nobodysLast, type Reading } from "../messages/commit.ts";
import { isCorrection } from "../messages/corrections.ts";
import type { EventStore } from "../store/event-store.ts";
import {
  faultInFollowing,
  fold,
  historyIn,
  MalformedCommit,
  type Place,
} from "../store/history.ts";
import type { Model } from "../messages/model.ts";
import { asCommit, readCommit } from "../messages/read-commit.ts";
import { safeId } from "../messages/stored-values.ts";
import type { Clock } from "../../platform/clock.ts";
import { fingerprint } from "../../platform/digest.ts";
import { retryConflicts } from "../../platform/retry-conflicts.ts";
import { CorrectionRefused, proposeReading, type Proposal } from "./propose-reading.ts";

/** Why, and the subject of who decided it. */
export type Because = { readonly reason: string; readonly by: string };

export type Corrector = {
  /** Throws `CorrectionRefused` or `Malformed` if the stream cannot be corrected so. */
  check(stream: string, number: number, proposal: Proposal): Promise<void>;
  /** Does it, unless that is what the commit is read as already. Throws as `check`. */
  correct(stream: string, number: number, proposal: Proposal, because: Because): Promise<void>;
};

const mostConflicts = 16;

export function corrector(model: Model, store: EventStore, clock: Clock): Corrector {
  const propose = (...proposed: Parameters<typeof proposeReading>): Reading => {
    const reading = proposeReading(...proposed);
    readCommit(model, { ...reading, ...nobodysLast });
    return reading;
  };
  return {
    async check(stream, number, proposal) {
      const places = await store.places(stream);
      snapshotWith(model, places, propose(stream, number, places, proposal));
    },
    correct: (stream, number, proposal, because) =>
      retryConflicts({ attempts: mostConflicts, on: `stream ${stream}` }, async () => {
        const places = await store.places(stream);
        const reading = propose(stream, number, places, proposal);
        if (isReadAs(places, reading)) return true;
        const snapshot = snapshotWith(model, places, reading);
        const commit = { ...correctionOf(places, reading, because, clock.now()), snapshot };
        return store.append(commit);
      }),
  };
}

function isReadAs(places: readonly Place[], reading: Reading): boolean {
  const place = places.find(({ number }) => number === reading.number);
  if (place?.isCorrected !== true || !("commit" in place)) return false;
  const { snapshot: _, recent: __, isCorrected: ___, corrects: ____, ...known } = place.commit;
  return fingerprint(known) === fingerprint(reading);
}

function correctionOf(
  places: readonly Place[],
  reading: Reading,
  { reason, by }: Because,
  nowMs: number,
): Omit<Commit, "snapshot"> {
  const { stream } = reading;
  const number = (places.at(-1)?.number ?? 0) + 1;
  if (commitId(number).length !== commitId(1).length)
    throw new CorrectionRefused(`The stream has no number left after ${number - 1}.`);
  const commits = withReading(places, reading).flatMap(commitsOf);
  const latestMs = latest(
    nowMs,
    commits.map(({ at }) => Date.parse(at) + 1),
  );
  return {
    ...{ id: commitId(number), stream, number },
    version: commits.at(-1)?.version ?? 0,
    at: new Date(latestMs).toISOString(),
    events: [],
    outcomes: [],
    commandIds: commandIdsOf(places, reading),
    recent: nothingIsRecent(commits, nowMs),
    corrects: { number: reading.number, reading, reason, by },
  };
}

/**
 * The state that the corrected stream comes to. Of no fold while something else in it cannot be read: it is then read
 * again by whoever wants to know. Throws `CorrectionRefused` if the stream would contradict itself.
 */
function snapshotWith(
  model: Model,
  places: readonly Place[],
  reading: Reading,
): Commit["snapshot"] {
  const { stream } = reading;
  const corrected = withReading(places, reading);
  if (corrected.some((place) => "error" in place)) return { fold: 0, state: {} };
  try {
    const history = historyIn(stream, corrected);
    const fault = model.of(stream).faultInSums?.(stream, history);
    if (fault !== undefined) throw new CorrectionRefused(`It would not add up: ${fault}.`);
    return fold(model, stream, history);
  } catch (error) {
    if (error instanceof CorrectionRefused) throw error;
    const isContradiction = error instanceof MalformedCommit || isBrokenInvariant(error);
    throw isContradiction ? new CorrectionRefused(error.message) : error;
  }
}

function isBrokenInvariant(error: unknown): error is Error {
  return error instanceof Error && error.name === "InvariantBroken";
}

function withReading(places: readonly Place[], reading: Reading): readonly Place[] {
  const commit: Commit = { ...reading, ...nobodysLast, isCorrected: true };
  return places.map(({ number, document, ...rest }) =>
    number === reading.number
      ? { number, document, isCorrected: true, commit }
      : { number, document, ...rest },
  );
}

function commitsOf(place: Place): readonly Commit[] {
  return "commit" in place ? [place.commit] : [];
}

/** A command that has its outcome in the corrected commit must be found by its id, however it was stored. */
function commandIdsOf(
  places: readonly Place[],
  { number, commandIds }: Reading,
): readonly string[] {
  const { document } = places.find((place) => place.number === number) ?? {};
  const { commandIds: stored } = (document ?? {}) as { readonly commandIds?: unknown };
  const known = Array.isArray(stored) ? stored : [];
  const ids = known.filter((id): id is string => safeId.safeParse(id).success);
  return [...new Set([...commandIds, ...ids])];
}

/** Whatever was accepted until now is looked up by the index before it counts as new. */
function nothingIsRecent(commits: readonly Commit[], nowMs: number): Commit["recent"] {
  const latestMs = latest(
    nowMs,
    commits.flatMap(({ recent, outcomes }) => [
      recent.newestMs,
      ...outcomes.map(({ acceptedAt }) => Date.parse(acceptedAt)),
    ]),
  );
  return { seen: [], newestMs: latestMs, forgottenUpToMs: latestMs };
}

/** A stream may have more commits than a call can have arguments. */
function latest(nowMs: number, instantsMs: readonly number[]): number {
  return instantsMs.reduce((a, b) => Math.max(a, b), nowMs);
}

/** Whether a document only takes a number: it is no commit that follows there, and nothing has followed upon it. */
export function isForeign(places: readonly Place[], number: number): boolean {
  const index = places.findIndex((place) => place.number === number);
  const place = places[index];
  if (place === undefined || place.isCorrected) return false;
  const later = places.slice(index + 1).flatMap(commitsOf);
  if (!later.every(isCorrection)) return false;
  const commit = asCommit(place.document);
  if (commit === undefined) return true;
  const previous = places[index - 1];
  if (previous !== undefined && "error" in previous) return false;
  return faultInFollowing(previous?.commit, commit) !== undefined;
}
