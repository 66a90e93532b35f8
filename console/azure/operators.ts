import type { DeadLetterDetails } from "../../contract/client.ts";
import { jsonApi, type Authorize } from "./source.ts";

/** Saldo's HTTP interface for operators (docs/http-api.md, "Operators"). */
export type Operators = {
  /** One lane, or without it all of them. */
  replay(lane?: string): Promise<readonly LaneReplay[]>;
  /** Undefined if there is none, and no record of one. */
  letter(address: LetterAddress): Promise<DeadLetterDetails | undefined>;
  repair(address: LetterAddress, message: object, reason: string): Promise<readonly LaneReplay[]>;
  discard(address: LetterAddress, reason: string): Promise<readonly LaneReplay[]>;
  processes(): Promise<readonly ProcessItem[]>;
};

export type LetterAddress = { readonly lane: string; readonly id: string };

export type LaneReplay = {
  readonly lane: string;
  readonly replayed: number;
  readonly left: number;
  readonly reason?: string;
};

export type ProcessItem = {
  readonly transferId: string;
  readonly stage: string;
  readonly since: string;
  readonly dueAt?: string;
  readonly isOverdue: boolean;
  readonly runtimeStatus: string;
};

export const operatorsAt = (functionsUrl: string, authorize: Authorize): Operators => {
  const base = `${functionsUrl.replace(/\/$/, "")}/api/operator`;
  const api = jsonApi("Saldo", base, authorize);
  const replaying = async (path: string, body: object): Promise<readonly LaneReplay[]> => {
    const { lanes = [] } = (await api.post(path, body)) as { lanes?: LaneReplay[] };
    return lanes;
  };
  const letterPath = (id: string): string => `/dead-letters/${encodeURIComponent(id)}`;
  return {
    replay: (lane) => replaying("/dead-letters/replay", lane === undefined ? {} : { lane }),
    letter: async ({ lane, id }) => {
      const found = await api.find(`${letterPath(id)}?lane=${encodeURIComponent(lane)}`);
      return found as DeadLetterDetails | undefined;
    },
    repair: ({ lane, id }, message, reason) =>
      replaying(`${letterPath(id)}/repair`, { lane, message, reason }),
    discard: ({ lane, id }, reason) => replaying(`${letterPath(id)}/discard`, { lane, reason }),
    processes: async () => {
      const { items = [] } = (await api.get("/processes")) as { items?: ProcessItem[] };
      return items;
    },
  };
};
