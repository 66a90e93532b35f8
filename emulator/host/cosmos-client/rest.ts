import { createHmac } from "node:crypto";
import type { Clock } from "../../shared/clock.ts";
import type { WireHandler, WireRequest, WireResponse } from "../../shared/wire.ts";

/** One call of the Cosmos DB REST API. */
export type Call = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly resourceType: "dbs" | "colls" | "docs" | "pkranges";
  /** What is signed: the resource itself, or the parent of the feed. */
  readonly link: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Sends signed; rejects with a CosmosError for 400 and more, after waiting out throttling. */
export type Send = (call: Call) => Promise<WireResponse>;

export class CosmosError extends Error {
  override readonly name = "CosmosError";
  readonly status: number;
  readonly substatus: number;
  /** Milliseconds the service asks to wait; 0 when it does not. */
  readonly retryAfterMs: number;

  constructor(request: WireRequest, response: WireResponse) {
    const { status, headers, body } = response;
    super(`${request.method} ${request.path} answered ${status}: ${body.slice(0, 500)}`);
    this.status = status;
    this.substatus = Number(headers["x-ms-substatus"] ?? 0);
    this.retryAfterMs = Number(headers["x-ms-retry-after-ms"] ?? 0);
  }
}

/** As the official SDKs give up on 429. */
const maxThrottledAttempts = 9;
const apiVersion = "2020-07-15";

export type CosmosAccount = { readonly endpoint: string; readonly key: string };

/** @throws Error when the text is no connection string of Cosmos DB */
export function parseConnectionString(text: string): CosmosAccount {
  const endpoint = /(?:^|;)AccountEndpoint=([^;]+)/i.exec(text)?.[1];
  const key = /(?:^|;)AccountKey=([^;]+)/i.exec(text)?.[1];
  if (endpoint === undefined || key === undefined) {
    throw new Error("A Cosmos DB connection string needs AccountEndpoint and AccountKey.");
  }
  return { endpoint, key };
}

export function createSend(key: string, handle: WireHandler, clock: Clock): Send {
  const sign = createSigner(key);
  return async (call) => {
    for (let attempt = 1; ; attempt += 1) {
      const request: WireRequest = {
        method: call.method,
        path: call.path,
        headers: { ...sign(call), "x-ms-version": apiVersion, ...call.headers },
        body: call.body ?? "",
      };
      const response = await handle(request);
      if (response.status < 400) return response;
      const error = new CosmosError(request, response);
      if (error.status !== 429 || attempt >= maxThrottledAttempts) throw error;
      await clock.sleep(error.retryAfterMs);
    }
  };
}

export function toPath(link: string): string {
  return `/${link.split("/").map(encodeURIComponent).join("/")}`;
}

/**
 * Signs with the account key (documentation: "Access control on Azure Cosmos DB resources"). A
 * signature covers verb, resource and second only, so a polled feed computes one a second.
 */
function createSigner(key: string): (call: Call) => Record<string, string> {
  const secret = Buffer.from(key, "base64");
  const signatures = new Map<string, Record<string, string>>();
  let second = 0;

  return ({ method, resourceType, link }) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      signatures.clear();
      second = now;
    }
    const subject = `${method.toLowerCase()}\n${resourceType}\n${link}\n`;
    const known = signatures.get(subject);
    if (known !== undefined) return known;
    const date = new Date(now * 1000).toUTCString();
    const text = `${subject}${date.toLowerCase()}\n\n`;
    const signature = createHmac("sha256", secret).update(text).digest("base64");
    const headers = {
      authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`),
      "x-ms-date": date,
    };
    signatures.set(subject, headers);
    return headers;
  };
}
