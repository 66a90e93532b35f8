/** A lean client of the HTTP contract: the driver shares the machine with what it measures. */
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";

export type BenchClient = {
  /** A command, waiting until everything has settled; answers the status document. */
  post(path: string, body: object): Promise<Record<string, unknown>>;
  /** Accounts with this much loaded, in one currency. */
  accounts(count: number, amount: string): Promise<readonly string[]>;
  close(): void;
};

export function benchClient(url: string): BenchClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });

  const post: BenchClient["post"] = (path, body) =>
    new Promise((resolve, reject) => {
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

  const open = async (amount: string): Promise<string> => {
    const person = { name: "Bench", email: "bench@example.com", currency: "EUR" };
    const { resource } = await post("/accounts", person);
    const accountId = String(resource).split("/").at(-1) ?? "";
    await post(`/accounts/${accountId}/loads`, { amount });
    return accountId;
  };

  return {
    post,
    accounts: (count, amount) => Promise.all(Array.from({ length: count }, () => open(amount))),
    close: () => {
      agent.destroy();
    },
  };
}
