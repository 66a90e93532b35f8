import { positionIn, type Documents, type Follower } from "../azure/documents.ts";
import { attempt, valueOr, type Read } from "../azure/source.ts";

/** A lease of the change feed trigger, as it is stored. */
export type Lease = {
  readonly id: string;
  readonly LeaseToken?: string;
  readonly Owner?: string | null;
  readonly ContinuationToken?: string | null;
  readonly FeedRange?: { readonly Range?: { readonly min?: string } };
};

export type FeedState = {
  /** Why the feed cannot be read, and for how long this console has seen that; undefined while it can. */
  readonly broken: { readonly why: string; readonly forMs: number } | undefined;
  /** Changes that no lease has got past; undefined if unknown, and at least so many while the feed cannot be read. */
  readonly behind: number | undefined;
  /** For how long the oldest of them has waited. */
  readonly lagMs: number;
  readonly owners: readonly string[];
  readonly ranges: number;
};

export type FeedGauge<Document> = {
  /** Gives what was written since the last look. */
  look(leases: readonly Lease[], nowMs: number): Promise<readonly Document[]>;
  readonly state: () => FeedState;
};

type Unhandled = { readonly behind: number | undefined; readonly oldest: string };
const unknown: Unhandled = { behind: undefined, oldest: "" };

type Seen = { readonly position: number; readonly atMs: number };

/** A field of a container that says when its documents were written. */
type Dates = { readonly container: string; readonly field: string };

/**
 * How far a feed's handler is behind: the newest change of each range against the range's lease. The lag is the age of the
 * first look that saw a change which is still not handled, so it is as exact as looks are frequent. While the feed cannot be
 * read, what was written after the newest result of its handler is taken to wait: at least that does.
 */
export const feedGauge = <Document>(
  documents: Pick<Documents, "follow" | "query">,
  { container, field }: Dates,
  results: Dates,
): FeedGauge<Document> => {
  let follower: Follower<Document> | undefined;
  const seen = new Map<string, Seen[]>();
  let brokenSinceMs: number | undefined;
  let state: FeedState = { broken: undefined, behind: undefined, lagMs: 0, owners: [], ranges: 0 };

  const measure = (
    heads: ReadonlyMap<string, number>,
    leases: readonly Lease[],
    nowMs: number,
  ): Pick<FeedState, "behind" | "lagMs"> => {
    let behind = 0;
    let oldestMs = nowMs;
    for (const { FeedRange, ContinuationToken } of leases) {
      const range = FeedRange?.Range?.min ?? "";
      const head = heads.get(range);
      if (head === undefined) return { behind: undefined, lagMs: 0 };
      const reached = positionIn(ContinuationToken);
      const looks = (seen.get(range) ?? []).filter(({ position }) => position > reached);
      if (head > (looks.at(-1)?.position ?? reached)) looks.push({ position: head, atMs: nowMs });
      seen.set(range, looks);
      behind += Math.max(0, head - reached);
      oldestMs = Math.min(oldestMs, looks[0]?.atMs ?? nowMs);
    }
    return { behind, lagMs: nowMs - oldestMs };
  };

  const readUnhandled = async (): Promise<Unhandled> => {
    const [newest = ""] = await documents.query<string>(results.container, {
      text: `SELECT VALUE MAX(c.${results.field}) FROM c`,
    });
    const after = { parameters: { newest } };
    const where = `FROM c WHERE c.${field} > @newest`;
    const [[behind = 0], [oldest = ""]] = await Promise.all([
      documents.query<number>(container, { text: `SELECT VALUE COUNT(1) ${where}`, ...after }),
      documents.query<string>(container, {
        text: `SELECT VALUE MIN(c.${field}) ${where}`,
        ...after,
      }),
    ]);
    return { behind, oldest };
  };

  return {
    look: async (allLeases, nowMs) => {
      const leases = leasesOf(container, allLeases);
      follower ??= documents.follow<Document>(container);
      const read: Read<Awaited<ReturnType<Follower<Document>["look"]>>> = await attempt(
        follower.look(),
      );
      const owners = [...new Set(leases.flatMap(({ Owner }) => Owner ?? []))];
      const common = { owners, ranges: leases.length };
      if (!read.isRead) {
        brokenSinceMs ??= nowMs;
        const broken = { why: read.why, forMs: nowMs - brokenSinceMs };
        const unhandled = valueOr(await attempt(readUnhandled()), unknown);
        const oldestMs = Date.parse(unhandled.oldest) || nowMs;
        state = { ...common, broken, behind: unhandled.behind, lagMs: nowMs - oldestMs };
        return [];
      }
      brokenSinceMs = undefined;
      const { documents: news, heads } = read.value;
      state = { ...common, broken: undefined, ...measure(heads, leases, nowMs) };
      return news;
    },
    state: () => state,
  };
};

/** The function's lease prefix begins with the container's name; the marker and the lock are no leases. */
const leasesOf = (container: string, leases: readonly Lease[]): readonly Lease[] =>
  leases.filter(({ id, LeaseToken }) => id.startsWith(`${container}.`) && LeaseToken !== undefined);
