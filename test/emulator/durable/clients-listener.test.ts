/** The listener for the app's own durable clients has no key: it must not be a web page that asks. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { listenForClients } from "../../../emulator/durable/management/transport.ts";
import {
  exchange,
  type RawAnswer,
  requestText,
  sendAndVanish,
  sendEndlessly,
} from "../../support/raw-http.ts";

const start = "POST /durabletask/orchestrators/pay";

async function open(test: TestContext): Promise<{
  readonly url: string;
  readonly started: readonly string[];
  ask(headers: Record<string, string>, body?: string): Promise<RawAnswer>;
}> {
  const started: string[] = [];
  const logger = { write: () => undefined, isEnabled: () => false };
  const listener = await listenForClients(({ path }) => {
    started.push(path.join("/"));
    return Promise.resolve({ status: 202 });
  }, logger);
  test.after(listener.close);
  const url = new URL(listener.baseUrl).origin;
  const ask = (headers: Record<string, string>, body = "{}"): Promise<RawAnswer> =>
    exchange(url, requestText(start, { host: new URL(url).host, ...headers }, body));
  return { url, started, ask };
}

describe("The listener for durable clients", () => {
  it("starts nothing for a foreign page, nor under a foreign name", async (test) => {
    const { started, ask } = await open(test);
    for (const headers of [
      { origin: "http://attacker.example", "content-type": "text/plain" },
      { "sec-fetch-site": "cross-site" },
      { host: "attacker.example" },
    ])
      assert.equal((await ask(headers)).status, 403, JSON.stringify(headers));
    assert.equal((await ask({ host: "[" })).status, 400);
    assert.deepEqual(started, []);
    assert.equal((await ask({})).status, 202);
    assert.deepEqual(started, ["orchestrators/pay"]);
  });

  it("reads no body without an end, and lives on when a client goes away", async (test) => {
    const { url, ask } = await open(test);
    assert.equal((await sendEndlessly(url, start)).status, 413);
    await sendAndVanish(url, requestText(start, { host: new URL(url).host }, "{}").slice(0, -1));
    assert.equal((await ask({})).status, 202);
  });
});
