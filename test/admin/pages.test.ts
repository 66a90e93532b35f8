import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask, signIn } from "./support/approver.ts";
import { deliver, given, idOf } from "./support/given.ts";

describe("Every answer", () => {
  it("forbids the browser what the app does not need", async (test) => {
    const { admin } = await given(test);
    for (const path of ["/sign-in", "/nowhere", "/api/nowhere", "/public/main.js", "/healthz"]) {
      const { headers } = await fetch(`${admin.url}${path}`);
      const policy = headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.doesNotMatch(policy, /unsafe/, path);
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
      assert.equal(headers.get("referrer-policy"), "same-origin", path);
    }
  });

  it("is kept by nobody, but for styles and scripts, which are asked for again", async (test) => {
    const { admin } = await given(test);
    const page = await fetch(`${admin.url}/sign-in`);
    assert.equal(page.headers.get("cache-control"), "no-store");
    const script = await fetch(`${admin.url}/public/main.js`);
    const etag = script.headers.get("etag") ?? "";
    assert.equal(script.headers.get("cache-control"), "no-cache");
    const again = await fetch(`${admin.url}/public/main.js`, {
      headers: { "if-none-match": etag },
    });
    assert.equal(again.status, 304);
  });
});

describe("The interface for scripts", () => {
  it("gives a list item as documented, all fields always", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = saldo.ask("ada", "bob");
    await deliver(admin, asked);
    const grace = await signIn(admin, "grace");
    const item = {
      transferId: idOf(asked),
      from: "ada",
      fromName: null,
      to: "bob",
      toName: null,
      amount: "2500.00",
      currency: "EUR",
      note: null,
      status: "waiting",
      requestedAt: asked.time,
      expiresAt: asked.data["expiresAt"],
      decidedBy: null,
      decidedAt: null,
      reason: null,
    };
    assert.deepEqual((await grace.get("/api/transfers?status=waiting")).body, { items: [item] });
    assert.deepEqual((await grace.get("/api/transfers?status=decided")).body, { items: [] });
    const by = "account:ada";
    const entry = { at: asked.time, what: "approval_requested", by, reason: null };
    assert.deepEqual((await grace.get(`/api/transfers/${idOf(asked)}`)).body, {
      ...item,
      history: [entry],
      isOwn: false,
    });
  });

  it("answers what is wrong with a problem that says so", async (test) => {
    const { admin } = await given(test);
    const { cookie } = await signIn(admin, "grace");
    const send = (body: string, type = "application/json") =>
      fetch(`${admin.url}/api/session`, {
        method: "POST",
        headers: { "content-type": type, origin: admin.url },
        body,
      });
    for (const [response, status, code] of [
      [await send("{"), 400, "malformed_json"],
      [await send("{}"), 400, "invalid_request"],
      [await send("{}", "text/plain"), 415, "unsupported_media_type"],
      [await send("x".repeat(20_000)), 413, "body_too_large"],
      [await fetch(`${admin.url}/api/nowhere`), 404, "not_found"],
    ] as const) {
      assert.equal(response.status, status);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      const problem = (await response.json()) as Record<string, unknown>;
      assert.equal(problem["code"], code);
      assert.equal(problem["type"], `urn:saldo-admin:problem:${code}`);
    }
    for (const path of ["/api/transfers", "/api/transfers?status=all"])
      assert.equal((await ask(admin, "GET", path, { cookie })).body["code"], "invalid_request");
    const unknown = await ask(admin, "GET", "/api/transfers/nobody-0", { cookie });
    assert.equal(unknown.body["code"], "not_found");
  });

  it("says how it is without a session", async (test) => {
    const { admin } = await given(test);
    const response = await fetch(`${admin.url}/healthz`);
    assert.equal(response.status, 200);
    const { status } = (await response.json()) as { status: string };
    assert.equal(status, "ok");
  });
});

describe("A page", () => {
  it("shows what people have typed as text, whatever it is", async (test) => {
    const { admin, saldo } = await given(test);
    const evil = `"><script>alert(1)</script>`;
    const asked = saldo.ask("ada", "bob", { note: evil });
    const denied = saldo.happen(idOf(asked), "denied", "approver:alan@bank.example", evil);
    await deliver(admin, asked, denied);
    const { cookie } = await signIn(admin, "grace");
    for (const path of ["/decided", `/transfers/${idOf(asked)}`]) {
      const html = await (await fetch(`${admin.url}${path}`, { headers: { cookie } })).text();
      assert.ok(html.includes("&lt;script&gt;alert(1)"), path);
      assert.ok(!html.includes("<script>alert"), path);
    }
  });

  it("that is not there says so as a page", async (test) => {
    const { admin } = await given(test);
    const { cookie } = await signIn(admin, "grace");
    for (const path of ["/nowhere", "/transfers/nobody-0"]) {
      const response = await fetch(`${admin.url}${path}`, { headers: { cookie } });
      assert.equal(response.status, 404);
      assert.match(await response.text(), /<h1>There is nothing here\.<\/h1>/);
    }
  });
});
