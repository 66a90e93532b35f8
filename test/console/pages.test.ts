/** What the console answers over HTTP: who may ask, what is not there, and what to show when a service is away. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { request } from "node:http";
import { after, describe, it } from "node:test";
import { startConsole } from "../../console/server.ts";
import { assertSurvives } from "../support/bad-requests.ts";
import { firstLook, pageAt } from "./support/given.ts";

const away = await somewhereAway();
const console = await startConsole({
  port: 0,
  cosmos: { endpoint: away, key: Buffer.from("a key").toString("base64"), database: "saldo" },
  functionsUrl: away,
  authorizeOperator: () => ({}),
  masterKey: "a key",
  eventGridUrl: away,
  controlUrl: away,
  telemetryUrl: away,
});
after(console.close);

describe("Whom the console answers", () => {
  it("a page that is asked for by another name than localhost is refused", async () => {
    for (const host of ["attacker.example", "attacker.example:7090", "127.0.0.1.attacker.example"])
      assert.equal(await statusFor({ host }), 403, host);
    for (const host of ["localhost:7090", "127.0.0.1", "[::1]:7090"])
      assert.equal(await statusFor({ host }), 200, host);
  });

  it("answers requests that nobody should send, and lives on", async () => {
    await assertSurvives({ url: console.url, reading: "GET /", writing: "POST /weather/clear" });
  });

  it("only its own pages may change anything", async () => {
    const send = async (headers: Record<string, string>): Promise<number> => {
      const body = new URLSearchParams({ kind: "all" });
      const init = { method: "POST", body, headers, redirect: "manual" } as const;
      return (await fetch(`${console.url}/weather/clear`, init)).status;
    };
    assert.equal(await send({}), 403);
    assert.equal(await send({ origin: "http://attacker.example" }), 403);
    assert.equal(await send({ "sec-fetch-site": "cross-site", origin: console.url }), 403);
    assert.equal(await send({ "sec-fetch-site": "same-site" }), 403);
    assert.equal(await send({ "sec-fetch-site": "same-origin" }), 303);
    assert.equal(await send({ origin: console.url }), 303);
  });

  it("pages run nothing but the console's own scripts, are framed by nobody and kept nowhere", async () => {
    for (const path of ["/", "/nowhere"]) {
      const { headers } = await pageAt(`${console.url}${path}`);
      const policy = headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /script-src 'self';/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.equal(headers.get("cache-control"), "no-store");
      assert.equal(headers.get("x-content-type-options"), "nosniff");
    }
  });

  it("styles and the script are asked for once and then only compared", async () => {
    const first = await fetch(`${console.url}/public/live.js`);
    const etag = first.headers.get("etag") ?? "";
    assert.match(first.headers.get("content-type") ?? "", /javascript/);
    const second = await fetch(`${console.url}/public/live.js`, {
      headers: { "if-none-match": etag },
    });
    assert.equal(second.status, 304);
    assert.equal((await fetch(`${console.url}/public/tsconfig.json`)).status, 404);
  });
});

describe("While no service answers", () => {
  const survive = ["/", "/traces", "/dead-letters", "/processes", "/data", "/weather"];
  for (const path of survive)
    it(`${path} is there, and says what does not answer`, async () => {
      const { status, text } = await pageAt(`${console.url}${path}`);
      assert.equal(status, 200);
      assert.match(text, /does not answer: nothing listens there|cannot be read/);
    });

  for (const path of ["/streams", "/causation", "/data/events", "/processes/somebody"])
    it(`${path} is answered with the reason why there is nothing to show`, async () => {
      const { status, text } = await pageAt(`${console.url}${path}`);
      assert.equal(status, 502);
      assert.match(text, /A service does not answer/);
    });

  it("the flow says it of each service, and goes on", async () => {
    const { attention = "" } = await firstLook(console.url);
    for (const service of ["Event Grid", "The control door", "Saldo", "The telemetry sink"])
      assert.ok(attention.includes(`${service} does not answer`), `${service}: ${attention}`);
    assert.equal((await pageAt(`${console.url}/traces`)).status, 200);
  });

  it("a replay that cannot be asked for leaves its reason on the next page", async () => {
    const response = await fetch(`${console.url}/dead-letters/replay`, {
      method: "POST",
      headers: { origin: console.url },
      body: new URLSearchParams({ lane: "handling:account-x" }),
    });
    assert.match(await response.text(), /Saldo does not answer/);
  });
});

describe("What is not there", () => {
  it("an unknown path is 404 with a page that leads on", async () => {
    const { status, text } = await pageAt(`${console.url}/nowhere`);
    assert.equal(status, 404);
    assert.match(text, /There is nothing here.*To the flow/);
  });

  it("a word that names nothing is explained", async () => {
    const { status, text } = await pageAt(`${console.url}/find?q=${encodeURIComponent("<b>")}`);
    assert.equal(status, 404);
    assert.match(text, /Nothing is called &lt;b&gt;/);
  });

  for (const [field, value] of [
    ["fault", "no-such-choice"],
    ["percent", "0"],
    ["percent", "all"],
    ["times", "-1"],
  ] as const)
    it(`a form with ${field} = ${value} is refused`, async () => {
      const form = { fault: "slow", percent: "100", times: "", [field]: value };
      const { status, text } = await pageAt(`${console.url}/weather/faults`, {
        method: "POST",
        headers: { origin: console.url },
        body: new URLSearchParams(form),
      });
      assert.equal(status, 400);
      assert.match(text, /The form is not valid/);
    });
});

/** `fetch` lets nobody choose the name it asks for. */
async function statusFor(headers: Record<string, string>): Promise<number | undefined> {
  const asking = request(`${console.url}/weather`, { headers });
  asking.end();
  const [response] = (await once(asking, "response")) as [
    { statusCode?: number; resume(): unknown },
  ];
  response.resume();
  return response.statusCode;
}

/** An address at which nothing listens any more. */
async function somewhereAway(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  return `http://127.0.0.1:${address.port}`;
}
