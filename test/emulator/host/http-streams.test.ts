import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startApp, type AppProcess } from "./support/app-process.ts";

describe("an app with HTTP streams", () => {
  let app: AppProcess;
  before(async () => {
    app = await startApp({ fixture: "stream-app" });
  });
  after(() => app.stop());

  it("sends each server-sent event when it happens", async () => {
    const answer = await fetch(`${app.url}/api/events`);
    assert.equal(answer.headers.get("content-type"), "text/event-stream");
    const texts: string[] = [];
    for await (const chunk of answer.body ?? []) {
      texts.push(Buffer.from(chunk as Uint8Array).toString());
      // The app goes on only now: had the host held the chunk back, both would wait for ever.
      app.order({ kind: "proceed", what: "next event" });
    }
    assert.equal(texts.join(""), "data: 1\n\ndata: 2\n\ndata: 3\n\n");
    assert.equal(texts.length, 3);
  });

  it("receives uploads in chunks, whole", async () => {
    const body = new Blob([new Uint8Array(1_000_000)]).stream();
    const answer = await fetch(`${app.url}/api/upload/big?x=1`, {
      method: "POST",
      headers: { "x-custom": "yes" },
      body,
      duplex: "half",
    });
    assert.deepEqual(await answer.json(), {
      url: `${app.url}/api/upload/big?x=1`,
      name: "big",
      bytes: 1_000_000,
      header: "yes",
    });
  });

  it("answers an empty 500 when a handler throws and an empty 200 when it returns nothing", async () => {
    const throwing = await fetch(`${app.url}/api/throwing`);
    assert.deepEqual([throwing.status, await throwing.text()], [500, ""]);
    const nothing = await fetch(`${app.url}/api/nothing`);
    assert.deepEqual([nothing.status, await nothing.text()], [200, ""]);
  });

  it("outlives a client that goes away in the middle", async () => {
    const abort = new AbortController();
    const answer = await fetch(`${app.url}/api/events`, { signal: abort.signal });
    await answer.body?.getReader().read();
    abort.abort();
    for (let event = 1; event <= 3; event += 1) app.order({ kind: "proceed", what: "next event" });
    assert.equal((await fetch(`${app.url}/api/nothing`)).status, 200);
  });
});
