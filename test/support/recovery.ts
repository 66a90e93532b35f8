/** The operator's view of what is parked, for tests. */
import { type Answer, type Client, type Json } from "./client.ts";

export type Letter = {
  readonly id: string;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
  readonly traceparent: string;
  readonly canRepair: boolean;
  readonly canDiscard: boolean;
};

/** A letter by its address. */
export type Address = { readonly lane: string; readonly id: string };

type Lane = {
  readonly lane: string;
  readonly stage: string;
  readonly stream: string;
  readonly parkedSince: string;
  readonly items: readonly Letter[];
};

type LaneReplay = {
  readonly lane: string;
  readonly replayed: number;
  readonly left: number;
  readonly reason?: string;
};

export type Recovery = {
  lanes(): Promise<readonly Lane[]>;
  /** What is parked in one lane, in order. */
  letters(lane: string): Promise<readonly Letter[]>;
  /** Replays one lane, or all. */
  replay(lane?: string): Promise<readonly LaneReplay[]>;
  show(address: Address): Promise<Answer>;
  repair(address: Address, message: Json, reason?: string): Promise<Answer>;
  discard(address: Address, reason?: string): Promise<Answer>;
};

export function recoveryOf(client: Client): Recovery {
  const lanes = async (): Promise<readonly Lane[]> => {
    const { status, body } = await client.get("/operator/dead-letters");
    if (status !== 200) throw new Error(`The dead letters answered ${status}.`);
    return body["lanes"] as Lane[];
  };
  return {
    lanes,
    letters: async (lane) => (await lanes()).find((each) => each.lane === lane)?.items ?? [],
    replay: async (lane) => {
      const body: Json = lane === undefined ? {} : { lane };
      const path = "/operator/dead-letters/replay";
      const answer = await client.post(path, body);
      if (answer.status !== 200) throw new Error(`The replay answered ${answer.status}.`);
      return answer.body["lanes"] as LaneReplay[];
    },
    show: ({ lane, id }) =>
      client.get(`/operator/dead-letters/${id}?lane=${encodeURIComponent(lane)}`),
    repair: ({ lane, id }, message, reason = "a test") =>
      client.post(`/operator/dead-letters/${id}/repair`, { lane, message, reason }),
    discard: ({ lane, id }, reason = "a test") =>
      client.post(`/operator/dead-letters/${id}/discard`, { lane, reason }),
  };
}
