/** The typed client: how it asks, and what it makes of answers. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { fetchFrom, NoAnswer, type SentAnswer, type SentRequest } from "../../contract/call.ts";
import { saldoClient, type SaldoClient } from "../../contract/client.ts";

const accountId = "4k2v9x0a7b1c3d5e";
const status = { commandId: "c1", status: "accepted" };

type Wire = {
  readonly saldo: SaldoClient;
  /** What was sent, in order. */
  readonly sent: SentRequest[];
};

/** A client whose requests are answered by these, one after another. */
function wired(
  answers: readonly (Partial<SentAnswer> & { readonly contentType?: string })[],
  more: Omit<Parameters<typeof saldoClient>[0], "send"> = {},
): Wire {
  const sent: SentRequest[] = [];
  const send = (request: SentRequest): Promise<SentAnswer> => {
    const { contentType = "application/json", ...answer } = answers[sent.length] ?? {};
    sent.push(request);
    const headers = new Headers({ "content-type": contentType });
    return Promise.resolve({ status: 200, headers, text: JSON.stringify(status), ...answer });
  };
  return { saldo: saldoClient({ send, ...more }), sent };
}

function header(request: SentRequest | undefined, name: string): string | undefined {
  return request?.headers[name];
}

describe("the typed client asks", () => {
  test("with parameters in their places, encoded, and without what is undefined", async () => {
    const { saldo, sent } = wired([{}, {}]);
    await saldo.showStatement({ accountId: "a/b", limit: 2, after: "x~1&y", to: undefined });
    await saldo.showTotals();
    assert.deepEqual(
      sent.map(({ method, path }) => `${method} ${path}`),
      ["GET /api/accounts/a%2Fb/statement?limit=2&after=x~1%26y", "GET /api/operator/totals"],
    );
    assert.deepEqual(sent[0]?.headers, {});
  });

  test("a command with its body, its key, its trace, and how long it waits for what", async () => {
    const { saldo, sent } = wired([{}]);
    const body = { to: "b7n1m3k5j7h9g2f4", amount: "25.50" };
    const manner = { idempotencyKey: "0123456789abcdef", wait: 10, until: "settled" } as const;
    await saldo.sendCredits({ accountId, body, ...manner, traceparent: "00-1-2-01" });
    assert.deepEqual(sent, [
      {
        method: "POST",
        path: `/api/accounts/${accountId}/transfers?until=settled`,
        headers: {
          "idempotency-key": "0123456789abcdef",
          prefer: "wait=10",
          traceparent: "00-1-2-01",
          "content-type": "application/json",
        },
        body: JSON.stringify(body),
      },
    ]);
  });

  test("with a new idempotency key for each command that is given none", async () => {
    const { saldo, sent } = wired([{}, {}]);
    await saldo.closeAccount({ accountId, body: {} });
    await saldo.closeAccount({ accountId, body: {} });
    const keys = sent.map((request) => header(request, "idempotency-key"));
    for (const key of keys) assert.match(key ?? "", /^[0-9a-f-]{36}$/);
    assert.notEqual(keys[0], keys[1]);
  });

  test("only for what its parameters name", async () => {
    const { saldo, sent } = wired([]);
    const untyped = saldo as unknown as Record<string, (input?: object) => Promise<unknown>>;
    await assert.rejects(async () => untyped["showAccount"]?.({}), TypeError);
    assert.deepEqual(sent, []);
  });

  test("with a token, and once more with another when the first is refused", async () => {
    const refused: string[] = [];
    const tokens = {
      current: () => Promise.resolve(`t${refused.length}`),
      refused: (token: string) => void refused.push(token),
    };
    const { saldo, sent } = wired([{ status: 401 }, {}, {}], { tokens });
    const answer = await saldo.loadCredits({ accountId, body: { amount: "1.00" } });
    assert.equal(answer.status, 200);
    assert.deepEqual(refused, ["t0"]);
    assert.deepEqual(
      sent.map((request) => header(request, "authorization")),
      ["Bearer t0", "Bearer t1"],
    );
    const [first, second] = sent.map((request) => header(request, "idempotency-key"));
    assert.equal(first, second);
    await saldo.showContract();
    assert.equal(header(sent[2], "authorization"), undefined);
  });
});

describe("the typed client answers", () => {
  test("with what the contract knows, problems included, told apart by their status", async () => {
    const problem = { code: "not_found", status: 404, title: "…", detail: "…", type: "urn:x" };
    const text = JSON.stringify(problem);
    const { saldo } = wired([{ status: 404, text, contentType: "application/problem+json" }]);
    const answer = await saldo.showAccount({ accountId });
    assert.equal(answer.status, 404);
    // The compiler knows by now that it is a problem, and which ones it can be.
    const code: "not_found" = answer.body.code;
    assert.equal(code, "not_found");
  });

  const unknown: [what: string, answer: Parameters<typeof wired>[0][number], says: RegExp][] = [
    ["of a status that is not in the contract", { status: 418 }, /the answer is 418/],
    ["of another media type", { contentType: "text/html" }, /not application\/json but text\/html/],
    ["that only claims to be JSON", { text: "<html>" }, /the answer is not JSON/],
  ];
  for (const [what, answer, says] of unknown)
    test(`NoAnswer for one ${what}`, async () => {
      const { saldo } = wired([answer]);
      await assert.rejects(saldo.showAccount({ accountId }), (error) => {
        assert.ok(error instanceof NoAnswer);
        assert.match(error.message, says);
        assert.match(error.message, /^GET \/api\/accounts\/4k2v9x0a7b1c3d5e: /);
        assert.equal(error.answer?.status, answer.status ?? 200);
        return true;
      });
    });

  test("NoAnswer when there is none, with the key to send the command again under", async () => {
    const cause = new Error("connection refused");
    const saldo = saldoClient({ send: () => Promise.reject(cause) });
    await assert.rejects(saldo.closeAccount({ accountId, body: {} }), (error) => {
      assert.ok(error instanceof NoAnswer);
      assert.equal(error.cause, cause);
      assert.equal(error.answer, undefined);
      assert.match(error.idempotencyKey ?? "", /^[0-9a-f-]{36}$/);
      return true;
    });
  });
});

test("fetch carries the client's requests to an address, even one with a path", async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      seen.push(`${request.method ?? ""} ${request.url ?? ""} ${body}`);
      response.setHeader("location", "/api/commands/s/c");
      response.setHeader("content-type", "application/json; charset=utf-8");
      response.writeHead(202).end(JSON.stringify(status));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const saldo = saldoClient({ send: fetchFrom(`http://127.0.0.1:${port}/gateway/`) });
  const answer = await saldo.loadCredits({ accountId, body: { amount: "1.00" } });
  assert.equal(answer.status, 202);
  assert.equal(answer.headers.get("location"), "/api/commands/s/c");
  assert.deepEqual(answer.body, status);
  assert.deepEqual(seen, [`POST /gateway/api/accounts/${accountId}/loads {"amount":"1.00"}`]);
  const gone = new AbortController();
  gone.abort();
  await assert.rejects(saldo.showAccount({ accountId, signal: gone.signal }), NoAnswer);
  server.closeAllConnections();
  server.close();
});
