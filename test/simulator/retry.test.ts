import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ContractBreach } from "../../simulator/client/json.ts";
import type { HttpAnswer, HttpRequest, SendRequest } from "../../simulator/client/http.ts";
import { ServiceUnreachable, withRetries } from "../../simulator/client/retry.ts";
import { seededRandom } from "../../simulator/random.ts";

const REQUEST: HttpRequest = {
  method: "POST",
  path: "/api/accounts",
  headers: ["idempotency-key", "0123456789abcdef"],
  body: "{}",
};

const answer = (statusCode: number, headers: HttpAnswer["headers"] = {}): HttpAnswer => ({
  statusCode,
  headers,
  text: "",
});

/** Answers as told, one after the other, and remembers what was sent. */
const scripted = (script: (HttpAnswer | Error)[]): { send: SendRequest; sent: HttpRequest[] } => {
  const sent: HttpRequest[] = [];
  return {
    sent,
    send: (request) => {
      const next = script[sent.length] ?? script.at(-1) ?? answer(200);
      sent.push(request);
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
  };
};

const persistently = (
  script: (HttpAnswer | Error)[],
  patienceMs = 60_000,
): { answered: Promise<HttpAnswer>; sent: HttpRequest[]; retries: () => number } => {
  const { send, sent } = scripted(script);
  let retries = 0;
  const onRetry = (): void => {
    retries += 1;
  };
  const policy = { patienceMs, random: seededRandom("retry"), onRetry };
  return { answered: withRetries(send, policy)(REQUEST), sent, retries: () => retries };
};

describe("A client that retries", () => {
  for (const failure of [429, 500, 502, 503, new Error("socket hang up")]) {
    const name = typeof failure === "number" ? failure : "a lost connection";
    it(`sends the very same request again after ${name}`, async () => {
      const failed = typeof failure === "number" ? answer(failure) : failure;
      const { answered, sent, retries } = persistently([failed, failed, answer(202)]);
      assert.equal((await answered).statusCode, 202);
      assert.deepEqual(sent, [REQUEST, REQUEST, REQUEST]);
      assert.equal(retries(), 2);
    });
  }

  for (const status of [200, 400, 401, 404, 422]) {
    it(`takes ${status} for an answer`, async () => {
      const { answered, sent } = persistently([answer(status)]);
      assert.equal((await answered).statusCode, status);
      assert.equal(sent.length, 1);
    });
  }

  it("waits at least as long as Retry-After asks for", async () => {
    const beganAtMs = performance.now();
    const { answered } = persistently([answer(503, { "retry-after": "1" }), answer(200)]);
    await answered;
    // Timers may fire a millisecond early.
    assert.ok(performance.now() - beganAtMs >= 999);
  });

  it("does not wait for a Retry-After that is over", async () => {
    const past = "Wed, 21 Oct 2015 07:28:00 GMT";
    const { answered } = persistently([answer(503, { "retry-after": past }), answer(200)], 1_000);
    assert.equal((await answered).statusCode, 200);
  });

  it("gives up when its patience is over, and says why", async () => {
    const { answered, sent } = persistently([new Error("connect ECONNREFUSED")], 200);
    await assert.rejects(answered, (error) => {
      assert.ok(error instanceof ServiceUnreachable);
      assert.match(error.message, /POST \/api\/accounts had no answer for 0\.2 s: .*ECONNREFUSED/);
      return true;
    });
    assert.ok(sent.length > 1);
  });

  it("does not even begin to wait longer than its patience", async () => {
    const { answered, sent } = persistently([answer(503, { "retry-after": "3600" })]);
    await assert.rejects(answered, ServiceUnreachable);
    assert.equal(sent.length, 1);
  });

  it("does not take the time in which it stood still itself for the service's", async (context) => {
    const { now } = performance;
    let stoodStillMs = 0;
    context.mock.method(performance, "now", () => now.call(performance) + stoodStillMs);
    const { send } = scripted([answer(503), answer(503), answer(200)]);
    const haltingSend: SendRequest = (request) => {
      stoodStillMs += 3_600_000;
      return send(request);
    };
    const policy = { patienceMs: 10_000, random: seededRandom("retry"), onRetry: () => undefined };
    assert.equal((await withRetries(haltingSend, policy)(REQUEST)).statusCode, 200);
  });

  it("takes a service that only answers 500 for broken, not for away", async () => {
    const { answered } = persistently([answer(500)], 200);
    await assert.rejects(answered, ContractBreach);
  });
});
