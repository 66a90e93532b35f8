/** A client of the HTTP contract, for tests. */
import { randomUUID } from "node:crypto";
import { type LocalTokens, localTokens, type Who } from "../../scripts/local-tokens.ts";

export type Json = Record<string, unknown>;
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json };

export type Client = {
  /** A request as it is, with the token of whoever may. */
  send(path: string, init: RequestInit): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** A command; by default a new idempotency key, waiting until everything has settled. */
  post(path: string, body: Json, options?: PostOptions): Promise<Answer>;
  /** Looks at the status address that an earlier answer named; by default waiting until everything has settled. */
  follow(earlier: Answer, options?: WaitOptions): Promise<Answer>;
  /** An open account with this much available (after the fee); answers its id. */
  accountWith(amount: string, currency?: string): Promise<string>;
  balance(accountId: string): Promise<Json>;
  /** The same service for somebody else, whatever the path. */
  as(who: Who): Client;
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

/** Whose all accounts of a test are, unless it says otherwise. */
export const somebody = "somebody@example.com";

/** Asks as whoever may: a customer, the operators, and for decisions the desk that names who decides. */
export function clientOf(url: string): Client {
  return clientAs(url, localTokens(url), whoMay);
}

function whoMay(path: string): Who {
  if (!path.startsWith("/operator/")) return somebody;
  return path.startsWith("/operator/transfers/") ? "approval-desk" : "operator";
}

function clientAs(url: string, tokens: LocalTokens, whoAsks: (path: string) => Who): Client {
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const who = whoAsks(path);
    let response = await fetch(`${url}/api${path}`, await authorized(tokens, who, init));
    if (response.status === 401) {
      await response.body?.cancel();
      tokens.forget(who); // it has expired: a test has moved the clock
      response = await fetch(`${url}/api${path}`, await authorized(tokens, who, init));
    }
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    const body = isJson ? (JSON.parse(text) as Json) : {};
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
    send,
    get: (path, headers = {}) => send(path, { headers }),
    post,
    follow: ({ headers }, { wait = 20, until = "settled" } = {}) => {
      const address = headers.get("location")?.replace(/^\/api/, "") ?? "/none";
      return send(`${address}?until=${until}`, { headers: { prefer: `wait=${wait}` } });
    },
    async accountWith(amount, currency = "EUR") {
      const person = { name: "Somebody", email: somebody, currency };
      const opened = await post("/accounts", person);
      const accountId = String(opened.body["resource"]).split("/").at(-1) ?? "";
      if (Number(amount) > 0) await post(`/accounts/${accountId}/loads`, { amount });
      return accountId;
    },
    async balance(accountId) {
      const { body } = await send(`/accounts/${accountId}`, {});
      return body["balance"] as Json;
    },
    as: (who) => clientAs(url, tokens, () => who),
  };
}

async function authorized(tokens: LocalTokens, who: Who, init: RequestInit): Promise<RequestInit> {
  const headers = new Headers(init.headers);
  if (!headers.has("authorization")) headers.set("authorization", `Bearer ${await tokens.of(who)}`);
  return { ...init, headers };
}
