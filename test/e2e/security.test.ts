/** What the doors bear, and what they keep to themselves: limits, headers, secrets. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { containers } from "../../src/containers.ts";
import { localKeys } from "../../scripts/local-azure.ts";
import { localClients } from "../../scripts/local-identity.ts";
import { localTokens, type Who } from "../../scripts/local-tokens.ts";
import type { Json } from "../support/client.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { newTrace, telemetryAt } from "../support/telemetry.ts";
import { grace } from "../support/transfers.ts";

const logged: string[] = [];
const listenTo = (stream: NodeJS.WriteStream): void => {
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: []) => {
    logged.push(chunk.toString());
    return write(chunk, ...rest);
  };
};
listenTo(process.stdout);
listenTo(process.stderr);

const { adminUrl, client, functionsUrl, identityUrl, stored, telemetryUrl } =
  await startLocalSystem({
    telemetryPort: 0,
    settings: {
      CALLER_REQUESTS_PER_SECOND: "1",
      CALLER_REQUESTS_AT_ONCE: "30",
      STRANGER_REQUESTS_PER_SECOND: "1",
      STRANGER_REQUESTS_AT_ONCE: "20",
    },
    log: (line) => logged.push(line),
  });
const tokens = localTokens(functionsUrl);
const telemetry = telemetryAt(telemetryUrl);
await telemetry.caughtUp(client.as("operator"));

const send = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${functionsUrl}/api${path}`, init);

const bearer = async (who: Who): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await tokens.of(who)}`,
});

describe("what is kept to itself", () => {
  test("no token, key or secret is logged, traced or stored, whatever goes wrong", async () => {
    const right = await tokens.of("ada@example.com");
    const path = `/accounts/${"0".repeat(16)}`;
    const misplaced: { readonly headers: Record<string, string> }[] = [
      { headers: { authorization: `Bearer ${right}` } },
      { headers: { authorization: `Bearer ${right.slice(0, -8)}` } },
      { headers: { authorization: `Basic ${right}` } },
      { headers: { "x-functions-key": right } },
    ];
    const { traceId, traceparent } = newTrace();
    for (const { headers } of misplaced) await send(path, { headers: { ...headers, traceparent } });
    await send(`${path}?access_token=${right}`, { headers: { traceparent } });
    const door = "GET /api/accounts/{accountId}";
    const spans = await telemetry.spansWith(traceId, Array<string>(5).fill(door));
    const ada = client.as("ada@example.com");
    const person = { name: "Ada", email: "ada@example.com", currency: "EUR" };
    const opened = await ada.post("/accounts", person);
    const adas = String(opened.body["resource"]).replace("/api/accounts/", "");
    await ada.post(`/accounts/${adas}/loads`, { amount: "5000.00" });
    const sent = await ada.post(`/accounts/${adas}/transfers`, { to: adas, amount: "2000.00" });
    assert.equal(sent.status, 200);
    await client.as("approval-desk").post(`/operator/transfers/${adas}-${"0".repeat(20)}/denial`, {
      approver: grace,
      reason: "none",
    });
    const names = Object.keys(containers) as (keyof typeof containers)[];
    const documents = await Promise.all(names.map((name) => stored.all<object>(name)));
    const everything = [JSON.stringify([documents, spans]), ...logged].join("\n");
    assert.match(everything, new RegExp(`account-${adas}`), "there is something to look through");
    const secrets = [
      right.split(".")[2] ?? "",
      ...Object.values(localKeys),
      ...Object.values(localClients).map(({ secret }) => secret),
    ];
    for (const secret of secrets)
      assert.ok(secret.length > 8 && !everything.includes(secret), `"${secret}" is there`);
    assert.doesNotMatch(everything, /eyJ[\w-]+\.eyJ/, "a token");
  });
});

describe("what the doors bear", () => {
  test("a body of more than 16 KiB is refused, and one whose length is not told is not read", async () => {
    const headers = {
      ...(await bearer("large@example.com")),
      "content-type": "application/json",
    };
    const text = JSON.stringify({ name: "x".repeat(16 * 1_024), email: "", currency: "" });
    const inParts = new ReadableStream({
      start: (controller) => {
        for (const part of [text.slice(0, 100), text.slice(100)])
          controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const answerTo = async (body: RequestInit): Promise<unknown> => {
      const key = { "idempotency-key": randomUUID() };
      const init = { method: "POST", headers: { ...headers, ...key }, ...body };
      return ((await (await send("/accounts", init)).json()) as Json)["code"];
    };
    assert.equal(await answerTo({ body: text }), "body_too_large");
    // The host passes on no chunked body at all.
    assert.equal(await answerTo({ body: inParts, duplex: "half" }), "malformed_json");
  });

  test("whoever asks too often is told when to come back, and nobody else", async () => {
    const headers = await bearer("hasty@example.com");
    const path = `/accounts/${"0".repeat(16)}`;
    const answers = await Promise.all(Array.from({ length: 60 }, () => send(path, { headers })));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0 && answers.some(({ status }) => status === 404));
    assert.match(refused[0]?.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    assert.equal(((await refused[0]?.json()) as Json)["code"], "too_many_requests");
    const calm = await send(path, { headers: await bearer("calm@example.com") });
    assert.equal(calm.status, 404);
  });

  test("whoever guesses tokens is told to wait, and nobody with a right one", async () => {
    const path = `/accounts/${"0".repeat(16)}`;
    const guesses = await Promise.all(
      Array.from({ length: 60 }, (_, number) =>
        send(path, { headers: { authorization: `Bearer guess-${number}` } }),
      ),
    );
    const statuses = new Set(guesses.map(({ status }) => status));
    assert.ok(statuses.has(429) && !statuses.has(404), [...statuses].join());
    const calm = await send(path, { headers: await bearer("calm@example.com") });
    assert.equal(calm.status, 404);
  });
});

describe("what answers are sent with", () => {
  test("no cache keeps what is somebody's, and no browser takes it for something else", async () => {
    const headers = await bearer("calm@example.com");
    const answers = await Promise.all([
      send("/accounts/0", { headers }),
      send("/.well-known/oauth-protected-resource"),
      send(`/accounts/${"0".repeat(16)}`),
    ]);
    for (const answer of answers) {
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    }
  });

  test("pages load nothing from elsewhere and are shown in no foreign frame", async () => {
    const signIn = new URLSearchParams({ client_id: "nobody" }).toString();
    const pages = [
      `${functionsUrl}/api/docs`,
      `${adminUrl}/sign-in`,
      `${identityUrl}/authorize?${signIn}`,
      `${identityUrl}/logout`,
    ];
    for (const address of pages) {
      const { headers } = await fetch(address);
      const policy = headers.get("content-security-policy") ?? "";
      assert.match(headers.get("content-type") ?? "", /^text\/html/, address);
      assert.match(policy, /default-src '(none|self)'/, address);
      assert.match(policy, /frame-ancestors 'none'/, address);
      assert.doesNotMatch(policy, /unsafe|\*/, address);
      assert.equal(headers.get("x-content-type-options"), "nosniff", address);
      assert.match(headers.get("referrer-policy") ?? "", /^(no-referrer|same-origin)$/, address);
    }
  });
});
