/** What a web page of another origin can do with the host: call functions, as in Azure, and none of the host's own endpoints. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { exchange, type RawAnswer, requestText, sendEndlessly } from "../../support/raw-http.ts";
import { type AppProcess, startApp } from "./support/app-process.ts";

const key = { "x-functions-key": "master-key" };

describe("The host's own endpoints", () => {
  let app: AppProcess;
  before(async () => {
    app = await startApp({ fixture: "http-app" });
  });
  after(() => app.stop());

  const ask = (line: string, headers: Record<string, string>, body = ""): Promise<RawAnswer> =>
    exchange(app.url, requestText(line, { host: new URL(app.url).host, ...headers }, body));

  it("run nothing for a foreign page, although the key of a laptop is known", async () => {
    const run = "POST /admin/functions/echo?code=master-key";
    for (const headers of [
      { origin: "http://attacker.example", "content-type": "text/plain" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site", origin: "http://attacker.example" },
      { host: "attacker.example", origin: "http://attacker.example" },
    ])
      for (const line of [run, run.toUpperCase().replace("POST /ADMIN", "POST /Admin")])
        assert.equal((await ask(line, headers, "{}")).status, 403, JSON.stringify(headers));
    assert.equal((await ask(run, {}, "{}")).status, 400, "it does not run HTTP functions");
    const webhook = "POST /runtime/webhooks/EventGrid?functionName=echo&code=master-key";
    assert.equal((await ask(webhook, { origin: "http://attacker.example" }, "[]")).status, 403);
  });

  it("answer a page whose origin Host.CORS admits, and clients that are no pages", async () => {
    for (const headers of [{}, { origin: "http://admin.example" }])
      assert.equal((await ask("GET /admin/host/status", { ...key, ...headers })).status, 200);
    const delivery = { origin: "eventgrid.azure.net" };
    const { status } = await ask("POST /runtime/webhooks/EventGrid?functionName=x", delivery, "[]");
    assert.equal(status, 404, "there is no such trigger in this app");
  });

  it("are closed by name to a page that was made to point here, its functions are not", async () => {
    const other = { host: "attacker.example" };
    assert.equal((await ask("GET /admin/host/ping", other)).status, 403);
    assert.equal((await ask("GET /v1/describe", other)).status, 200);
    const foreign = { origin: "http://attacker.example" };
    assert.equal((await ask("GET /v1/describe", foreign)).status, 200);
  });

  it("read no body without an end", async () => {
    const line = "POST /admin/functions/echo?code=master-key";
    const { status } = await sendEndlessly(app.url, line);
    assert.equal(status, 413);
    assert.equal((await ask("GET /admin/host/ping", {})).status, 200);
  });
});
