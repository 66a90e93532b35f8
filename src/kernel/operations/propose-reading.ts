/** What a commit, or what was to be one, is to be read as from now on: pure, from everything that its stream holds. */
import {
  type Commit,
  commitId,
  type Outcome,
  type Reading,
  versionBefore,
} from "../messages/commit.ts";
import { isCorrection } from "../messages/corrections.ts";
import type { Place } from "../store/history.ts";
import { asCommit, outcomesIn } from "../messages/read-commit.ts";
import { discarded } from "../messages/rejections.ts";
import { sortableInstant } from "../messages/stored-values.ts";

/** What an operator makes of it; without `at`, it stays where it is in the stream. */
export type CommitRepair = Pick<Commit, "events" | "outcomes"> & Partial<Pick<Commit, "at">>;

/** `void`: nothing has happened, and each of its commands is rejected. */
export type Proposal = CommitRepair | "void";

/** A correction that is well-formed, but cannot be in this stream. */
export class CorrectionRefused extends Error {
  override readonly name = "CorrectionRefused";
}

/** Throws `CorrectionRefused` if it does not fit between its neighbours. */
export function proposeReading(
  stream: string,
  number: number,
  places: readonly Place[],
  proposal: Proposal,
): Reading {
  const index = places.findIndex((place) => place.number === number);
  const place = places[index];
  if (place === undefined) throw new CorrectionRefused(`Nothing has the number ${number}.`);
  if ("commit" in place && isCorrection(place.commit))
    throw new CorrectionRefused("It is a correction: correct the commit that it is about again.");
  const neighbours = neighboursOf(places, index);
  const { events, outcomes } = proposal === "void" ? voided(place) : proposal;
  const versions = fitVersions(place, events.length, neighbours);
  const reading: Reading = {
    ...{ id: commitId(number), stream, number, version: versions.version },
    at: fitInstant(place, proposal === "void" ? undefined : proposal.at, neighbours),
    ...{ events, outcomes, commandIds: outcomes.map(({ commandId }) => commandId) },
    ...(versions.voided === 0 ? {} : { voided: versions.voided }),
  };
  return reading;
}

/** The commits before and after, where they can be read. */
type Neighbours = {
  readonly before: Commit | "none" | "unreadable";
  readonly after: Commit | "none" | "unreadable";
};

function neighboursOf(places: readonly Place[], index: number): Neighbours {
  const at = (position: number): Neighbours["before"] => {
    const place = places[position];
    if (place === undefined) return "none";
    return "commit" in place ? place.commit : "unreadable";
  };
  return { before: index === 0 ? "none" : at(index - 1), after: at(index + 1) };
}

function voided(place: Place): Pick<Commit, "events" | "outcomes"> {
  const known = "commit" in place ? place.commit.outcomes : outcomesIn(place.document);
  const outcomes = known.map(({ status: _, ...outcome }): Outcome => {
    const { code: __, ...rest } = outcome as typeof outcome & { readonly code?: string };
    return { ...rest, events: 0, status: "rejected", code: discarded.code };
  });
  return { events: [], outcomes };
}

/** How many events it has been counted with: versions that others have heard of stay theirs. */
function countedIn(place: Place): number {
  if ("commit" in place) return place.commit.version - versionBefore(place.commit);
  const { events } = place.document as { readonly events?: unknown };
  return Array.isArray(events) ? events.length : 0;
}

function fitVersions(
  place: Place,
  events: number,
  { before, after }: Neighbours,
): { readonly version: number; readonly voided: number } {
  const end = typeof after === "object" ? versionBefore(after) : undefined;
  const start = startOf(place, before, end === undefined ? undefined : end - countedIn(place));
  const room =
    end === undefined ? Math.max(countedIn(place), isReadable(place) ? 0 : events) : end - start;
  if (events > room)
    throw new CorrectionRefused(
      `events: there is room for ${room} in the stream's versions, but there are ${events}.`,
    );
  return { version: start + room, voided: room - events };
}

/** Whether it is known how many events it has. */
function isReadable(place: Place): boolean {
  return "commit" in place || asCommit(place.document) !== undefined;
}

function startOf(
  place: Place,
  before: Neighbours["before"],
  otherwise: number | undefined,
): number {
  if (before === "none") return 0;
  if (before !== "unreadable") return before.version;
  if ("commit" in place) return versionBefore(place.commit);
  if (otherwise !== undefined && otherwise >= 0) return otherwise;
  throw new CorrectionRefused(
    "What comes before it in the stream cannot be read: repair that first.",
  );
}

function fitInstant(
  place: Place,
  wanted: string | undefined,
  { before, after }: Neighbours,
): string {
  const from = typeof before === "object" ? before.at : "";
  const to = typeof after === "object" ? after.at : "9";
  const fits = (at: unknown): at is string =>
    sortableInstant.safeParse(at).success && String(at) > from && String(at) < to;
  if (wanted !== undefined && !fits(wanted))
    throw new CorrectionRefused(`at: must be between ${from} and ${to}, where its neighbours are.`);
  const { at, _ts } = place.document as { readonly at?: unknown; readonly _ts?: unknown };
  const candidates = [wanted, at, storedAt(_ts), instantAfter(from)];
  const found = candidates.find(fits);
  if (found === undefined)
    throw new CorrectionRefused(`at: there is no instant between ${from} and ${to}.`);
  return found;
}

/** When Cosmos has stored a document: seconds since the epoch. */
function storedAt(seconds: unknown): string | undefined {
  return Number.isSafeInteger(seconds)
    ? new Date(Number(seconds) * 1_000).toISOString()
    : undefined;
}

function instantAfter(at: string): string {
  return new Date((at === "" ? 0 : Date.parse(at)) + 1).toISOString();
}
