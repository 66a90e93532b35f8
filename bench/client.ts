/** A lean client of the HTTP contract: the driver shares the machine with what it measures. */
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { localTokens, type Who } from "../scripts/local-tokens.ts";

export type BenchClient = {
  /** A command, waiting until everything has settled; answers the status document. */
  post(path: string, body: object): Promise<Record<string, unknown>>;
  /** Accounts with this much loaded, in one currency. */
  accounts(count: number, amount: string): Promise<readonly string[]>;
  /** Resolves once the process of a transfer runs: it is told of by Event Grid, a little later than the client. */
  untilLed(transferId: string): Promise<void>;
  /** What has happened in a transfer's process since its start: how many events of each type. */
  processHistory(transferId: string): Promise<ReadonlyMap<string, number>>;
  close(): void;
};

/** As local.settings.sample.json has it. */
const masterKey = "master-key";

type Instance = {
  readonly runtimeStatus: string;
  readonly historyEvents: readonly { readonly EventType: string }[];
};

export function benchClient(url: string): BenchClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });

  const tokens = localTokens(url);
  const owners = new Map<string, Who>();

  const post: BenchClient["post"] = async (path, body) => {
    const [, first, accountId = ""] = path.split("/");
    const who = first === "operator" ? "approval-desk" : owners.get(accountId);
    if (who === undefined) throw new Error(`Nobody here owns the account ${accountId}.`);
    return postAs(who, path, body);
  };

  const postAs = async (who: Who, path: string, body: object): ReturnType<BenchClient["post"]> => {
    const authorization = `Bearer ${await tokens.of(who)}`;
    return new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const sent = request(
        `${url}/api${path}?until=settled&wait=30`,
        {
          method: "POST",
          agent,
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(text),
            "idempotency-key": randomUUID(),
            authorization,
          },
        },
        (response) => {
          let answer = "";
          response.on("data", (chunk: Buffer) => (answer += chunk.toString()));
          response.on("end", () => {
            if (response.statusCode === 200) resolve(JSON.parse(answer) as Record<string, unknown>);
            else reject(new Error(`POST ${path} answered ${response.statusCode ?? 0}: ${answer}`));
          });
        },
      );
      sent.on("error", reject);
      sent.end(text);
    });
  };

  const open = async (amount: string): Promise<string> => {
    const email = `${randomUUID()}@example.com` as const;
    const person = { name: "Bench", email, currency: "EUR" };
    const { resource } = await postAs(email, "/accounts", person);
    const accountId = String(resource).split("/").at(-1) ?? "";
    owners.set(accountId, email);
    await post(`/accounts/${accountId}/loads`, { amount });
    return accountId;
  };

  const instance = async (transferId: string): Promise<Instance | undefined> => {
    const path = `/runtime/webhooks/durabletask/instances/${transferId}?showHistory=true`;
    const response = await fetch(`${url}${path}`, { headers: { "x-functions-key": masterKey } });
    return response.status === 404 ? undefined : ((await response.json()) as Instance);
  };

  return {
    post,
    untilLed: async (transferId) => {
      while ((await instance(transferId))?.runtimeStatus !== "Running") await delay(1);
    },
    processHistory: async (transferId) => {
      let found = await instance(transferId);
      while (found?.runtimeStatus !== "Completed") found = await instance(transferId);
      const byType = Map.groupBy(found.historyEvents, ({ EventType }) => EventType);
      return new Map([...byType].map(([type, events]) => [type, events.length]));
    },
    accounts: (count, amount) => Promise.all(Array.from({ length: count }, () => open(amount))),
    close: () => {
      agent.destroy();
    },
  };
}
