import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startApp } from "./support/app-process.ts";

describe("a host that is told to stop", () => {
  it("answers the requests it is working on and takes no more", async () => {
    const app = await startApp({ fixture: "http-app" });
    const answer = fetch(`${app.url}/v1/wait`);
    await app.until(() => app.seen("waiting").length === 1);
    const stopped = app.stop();
    await app.until(() => app.logs.some(({ message }) => message === "Host is stopping."));
    await assert.rejects(fetch(`${app.url}/v1/nameAsRoute`));
    app.order({ kind: "proceed", what: "waiting" });
    assert.equal(await (await answer).text(), "done");
    await stopped;
  });

  it("cuts off what outlasts ten seconds of its clock", async () => {
    const app = await startApp({ fixture: "http-app" });
    const answer = fetch(`${app.url}/v1/wait`);
    await app.until(() => app.seen("waiting").length === 1);
    const stopped = app.stop();
    await app.until(() => app.logs.some(({ message }) => message === "Host is stopping."));
    app.order({ kind: "advance", ms: 10_000 });
    await assert.rejects(answer);
    await stopped;
  });
});
