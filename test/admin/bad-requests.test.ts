import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertSurvives } from "../support/bad-requests.ts";
import { exchange, requestText } from "../support/raw-http.ts";
import { given, password } from "./support/given.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const signingIn = new URLSearchParams({ email: "grace@bank.example", password }).toString();

describe("Requests that nobody should send", () => {
  it("are answered, and the app lives on", async (test) => {
    const { admin } = await given(test);
    await assertSurvives({ url: admin.url, reading: "GET /healthz", writing: "POST /sign-in" });
    assert.deepEqual(admin.log, [], "nothing of it is a failure of the app");
  });
});

describe("A page whose name was made to point to this machine", () => {
  const rebound = { host: "attacker.example:7080", origin: "http://attacker.example:7080" };
  const asBrowsersDo = { ...rebound, "sec-fetch-site": "same-origin" };

  it("neither sees the app nor signs anybody in", async (test) => {
    const { admin } = await given(test);
    const ask = async (line: string, headers: Record<string, string>, body = "") =>
      exchange(admin.url, requestText(line, headers, body));
    for (const headers of [rebound, asBrowsersDo]) {
      assert.equal((await ask("GET /sign-in", headers)).status, 403);
      assert.equal((await ask("GET /api/session", headers)).status, 403);
      const answer = await ask("POST /sign-in", { ...headers, ...form }, signingIn);
      assert.equal(answer.status, 403);
      assert.equal(answer.headers.get("set-cookie"), undefined);
    }
    for (const host of ["localhost:7080", "127.0.0.1", "[::1]:7080"])
      assert.equal((await ask("GET /sign-in", { host })).status, 200, host);
  });

  it("signs nobody in where the app has a public address, whatever its proxy calls it", async (test) => {
    const publicUrl = "https://admin.bank.example";
    const { admin } = await given(test, { publicUrl });
    const signIn = async (headers: Record<string, string>): Promise<number> =>
      (await exchange(admin.url, requestText("POST /sign-in", { ...headers, ...form }, signingIn)))
        .status;
    assert.equal(await signIn(rebound), 403);
    assert.equal(await signIn(asBrowsersDo), 403);
    const own = { host: "app.internal", origin: publicUrl };
    assert.equal(await signIn(own), 303);
    assert.equal(await signIn({ ...own, "sec-fetch-site": "same-origin" }), 303);
    const { status } = await exchange(
      admin.url,
      requestText("GET /sign-in", { host: "app.internal" }),
    );
    assert.equal(status, 200);
  });

  it("may be one of the names that the app is told", async (test) => {
    const { admin } = await given(test, {
      allowedHosts: ["host.docker.internal"],
    });
    const host = "host.docker.internal:7080";
    const answer = await exchange(admin.url, requestText("GET /sign-in", { host }));
    assert.equal(answer.status, 200);
  });
});
