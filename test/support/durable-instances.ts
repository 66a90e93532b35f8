/** The instances of the app's task hub, by the management API of Durable Functions and the master key. */
import assert from "node:assert/strict";
import { type Json } from "./client.ts";
import { eventually } from "./eventually.ts";

type InstanceShown = {
  readonly instanceId: string;
  readonly name: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly historyEvents?: readonly Json[];
};

export type DurableInstances = {
  /** All of these statuses; without any, all there are. */
  list(...statuses: readonly string[]): Promise<readonly InstanceShown[]>;
  /** One with its whole history; `undefined` if there is none. */
  history(instanceId: string): Promise<InstanceShown | undefined>;
  /** Waits until no instance is under way; none may have failed or been terminated. */
  untilNoneRuns(): Promise<void>;
};

const underWay = ["Running", "Pending", "Suspended", "ContinuedAsNew"];

export function durableInstancesAt(functionsUrl: string): DurableInstances {
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${functionsUrl}/runtime/webhooks/durabletask/${path}`, {
      headers: { "x-functions-key": "master-key", ...headers },
    });

  const list: DurableInstances["list"] = async (...statuses) => {
    const found: InstanceShown[] = [];
    for (let token = ""; ;) {
      const query = `top=200&runtimeStatus=${statuses.join(",")}`;
      const page = token === "" ? {} : { "x-ms-continuation-token": token };
      const response = await get(`instances?${query}`, page);
      assert.equal(response.status, 200);
      found.push(...((await response.json()) as InstanceShown[]));
      token = response.headers.get("x-ms-continuation-token") ?? "";
      if (token === "") return found;
    }
  };

  return {
    list,
    history: async (instanceId) => {
      const response = await get(`instances/${instanceId}?showHistory=true&showHistoryOutput=true`);
      if (response.status === 404) return undefined;
      return (await response.json()) as InstanceShown;
    },
    untilNoneRuns: async () => {
      await eventually("no process runs", async () => (await list(...underWay)).length === 0);
      assert.deepEqual(await list("Failed", "Terminated", "Canceled"), []);
    },
  };
}
