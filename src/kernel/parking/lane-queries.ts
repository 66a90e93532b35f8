/** What is asked about the lanes: bounded, however much is parked. */
import type { Documents } from "../../platform/cosmos/documents.ts";
import { type DeadLetter, markerId, type RecoveryRecord } from "./letter.ts";

/** What waits in one lane. */
export type LaneSummary = Pick<DeadLetter, "lane" | "stage" | "stream"> & {
  readonly letters: number;
  /** How many of it have been tried; the others only wait behind them. */
  readonly failed: number;
  /** When the oldest of it was parked. */
  readonly since: string;
};

/** A letter as lists tell it: without its message, which may be large. */
export type LetterSummary = Omit<DeadLetter, "message">;

export type LaneQueries = {
  /** Every lane in which something waits, the oldest first. */
  lanes(): Promise<readonly LaneSummary[]>;
  /** The letters that have waited longest, in one lane or in all. */
  oldest(limit: number, lane?: string): Promise<readonly LetterSummary[]>;
  /** The next letters of a lane, in order. */
  waiting(lane: string): Promise<readonly DeadLetter[]>;
  count(lane: string): Promise<number>;
  /** What was decided about a message, the latest last. */
  records(lane: string, letterId: string): Promise<readonly RecoveryRecord[]>;
};

const isLetter = `c.id != "${markerId}" AND NOT IS_DEFINED(c.kind)`;
const mostAtOnce = 50;

export function laneQueries(
  documents: Pick<Documents<{ readonly id: string }>, "query">,
): LaneQueries {
  return {
    async lanes() {
      const text = `SELECT c.lane, c.stage, c.stream, COUNT(1) AS letters,
                      SUM(IIF(c.attempts > 0, 1, 0)) AS failed, MIN(c.parkedAt) AS since
                    FROM c WHERE ${isLetter} GROUP BY c.lane, c.stage, c.stream`;
      const lanes = await documents.query<LaneSummary>({ text });
      return lanes.toSorted((a, b) => (a.since < b.since ? -1 : 1));
    },
    async oldest(limit, lane) {
      const members = summarised.map((name) => `c["${name}"]`).join(", ");
      const text = `SELECT TOP ${limit} ${members} FROM c WHERE ${isLetter} ORDER BY c["order"]`;
      return documents.query<LetterSummary>({
        text,
        ...(lane === undefined ? {} : { partition: lane }),
      });
    },
    waiting: (lane) =>
      documents.query<DeadLetter>({
        text: `SELECT TOP ${mostAtOnce} * FROM c WHERE ${isLetter} ORDER BY c["order"]`,
        partition: lane,
      }),
    async count(lane) {
      const text = `SELECT VALUE COUNT(1) FROM c WHERE ${isLetter}`;
      const [count = 0] = await documents.query<number>({ text, partition: lane });
      return count;
    },
    async records(lane, letterId) {
      const text = 'SELECT * FROM c WHERE c.kind = "record" AND c.letter.id = @letterId';
      const parameters = { letterId };
      const found = await documents.query<RecoveryRecord>({ text, parameters, partition: lane });
      return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
  };
}

/** With the mark that tells how its texts are stored (docs/adr/0016). */
const summarised = [
  ...["id", "lane", "stage", "stream", "order", "source", "reason", "attempts", "parkedAt"],
  ...["traceparent", "decision", "earlierDecisions", "escaped"],
] as const;
