/** A client of the HTTP contract, for tests. */
import { randomUUID } from "node:crypto";

export type Json = Record<string, unknown>;
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json };

export type Client = {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** A command; by default a new idempotency key, waiting until everything has settled. */
  post(path: string, body: Json, options?: PostOptions): Promise<Answer>;
  /** Looks at the status address that an earlier answer named; by default waiting until everything has settled. */
  follow(earlier: Answer, options?: WaitOptions): Promise<Answer>;
  /** An open account with this much available (after the fee); answers its id. */
  accountWith(amount: string, currency?: string): Promise<string>;
  balance(accountId: string): Promise<Json>;
};

type WaitOptions = {
  /** Seconds. */
  readonly wait?: number;
  readonly until?: "handled" | "visible" | "settled";
};

type PostOptions = WaitOptions & {
  readonly key?: string;
  readonly headers?: Record<string, string>;
};

/** The id of an account that is never opened. */
export const nobody = "0".repeat(16);

export const operator = { "x-functions-key": "operator-key" };

export function clientOf(url: string): Client {
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${url}/api${path}`, init);
    const text = await response.text();
    const body = text === "" ? {} : (JSON.parse(text) as Json);
    return { status: response.status, headers: response.headers, body };
  };

  const post: Client["post"] = (path, body, options = {}) => {
    const { key = randomUUID(), wait = 20, until = "settled", headers = {} } = options;
    return send(`${path}?until=${until}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": key,
        prefer: `wait=${wait}`,
        ...headers,
      },
      body: JSON.stringify(body),
    });
  };

  return {
    get: (path, headers = {}) => send(path, { headers }),
    post,
    follow: ({ headers }, { wait = 20, until = "settled" } = {}) => {
      const address = headers.get("location")?.replace(/^\/api/, "") ?? "/none";
      return send(`${address}?until=${until}`, { headers: { prefer: `wait=${wait}` } });
    },
    async accountWith(amount, currency = "EUR") {
      const name = "Somebody";
      const opened = await post("/accounts", { name, email: "somebody@example.com", currency });
      const accountId = String(opened.body["resource"]).split("/").at(-1) ?? "";
      if (Number(amount) > 0) await post(`/accounts/${accountId}/loads`, { amount });
      return accountId;
    },
    async balance(accountId) {
      const { body } = await send(`/accounts/${accountId}`, {});
      return body["balance"] as Json;
    },
  };
}
