import { jsonApi, type Authorize } from "./source.ts";

/** Saldo's HTTP interface for operators (docs/http-api.md, "Operators"). */
export type Operators = {
  /** One lane, or without it all of them. */
  replay(lane?: string): Promise<readonly LaneReplay[]>;
  processes(): Promise<readonly ProcessItem[]>;
};

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
  return {
    replay: async (lane) => {
      const wanted = lane === undefined ? {} : { lane };
      const { lanes = [] } = (await api.post("/dead-letters/replay", wanted)) as {
        lanes?: LaneReplay[];
      };
      return lanes;
    },
    processes: async () => {
      const { items = [] } = (await api.get("/processes")) as { items?: ProcessItem[] };
      return items;
    },
  };
};
