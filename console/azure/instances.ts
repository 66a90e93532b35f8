import { jsonApi } from "./source.ts";

/** The management API of Durable Functions (documentation: "HTTP APIs in Durable Functions"). */
export type Instances = {
  /** The latest of the hub's first pages; none of their histories. */
  list(): Promise<readonly Instance[]>;
  find(
    id: string,
  ): Promise<(Instance & { readonly historyEvents: readonly HistoryEvent[] }) | undefined>;
};

export type Instance = {
  readonly instanceId: string;
  readonly name: string;
  readonly runtimeStatus: string;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly output: unknown;
};

/** The fields that this console tells; which there are depends on the type. */
export type HistoryEvent = {
  readonly EventType: string;
  readonly Timestamp: string;
  readonly ScheduledTime?: string;
  readonly FunctionName?: string;
  readonly Name?: string;
  readonly FireAt?: string;
  readonly Reason?: string;
  readonly Details?: string;
  readonly Input?: unknown;
  readonly Result?: unknown;
  readonly OrchestrationStatus?: string;
};

export const instancesAt = (functionsUrl: string, masterKey: string): Instances => {
  const base = `${functionsUrl.replace(/\/$/, "")}/runtime/webhooks/durabletask`;
  const api = jsonApi("Durable Functions", base, () => ({ "x-functions-key": masterKey }));
  return {
    list: async () => {
      const listed = (await api.get("/instances?top=500&showInput=false")) as Instance[];
      return listed.toSorted(
        (a, b) => Date.parse(b.lastUpdatedTime) - Date.parse(a.lastUpdatedTime),
      );
    },
    find: async (id) => {
      const query = "showHistory=true&showHistoryOutput=true&showInput=false";
      const found = await api.find(`/instances/${encodeURIComponent(id)}?${query}`);
      return found as (Instance & { historyEvents: HistoryEvent[] }) | undefined;
    },
  };
};
