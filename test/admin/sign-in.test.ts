import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask, cookieOf, signIn, withCookie } from "./support/approver.ts";
import { deliver, given, idOf, password } from "./support/given.ts";

describe("Signing in", () => {
  it("gives a cookie that no script and no foreign page can use", async (test) => {
    const { admin } = await given(test);
    const body = { email: " Grace@Bank.example ", password };
    const answer = await ask(admin, "POST", "/api/session", { body });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, { email: "grace@bank.example", name: "Grace" });
    const [cookie = ""] = answer.headers.getSetCookie();
    assert.match(cookie, /^saldo_admin_session=[\w-]{43};/);
    for (const attribute of ["HttpOnly", "SameSite=Strict", "Path=/"])
      assert.ok(cookie.includes(attribute), attribute);
    assert.ok(!cookie.includes("Secure"));
    const grace = withCookie(admin, cookieOf(answer));
    assert.equal((await grace.get("/api/session")).body["name"], "Grace");
  });

  it("marks the cookie as Secure where browsers come by https", async (test) => {
    const { admin } = await given(test, { publicUrl: "https://approvals.bank.example" });
    const response = await fetch(`${admin.url}/api/session`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: "https://approvals.bank.example",
      },
      body: JSON.stringify({ email: "grace@bank.example", password }),
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.getSetCookie()[0] ?? "", /Secure/);
    assert.ok(response.headers.has("strict-transport-security"));
  });

  for (const email of ["grace@bank.example", "nobody@bank.example"])
    it(`says the same to a wrong password of ${email}`, async (test) => {
      const { admin } = await given(test);
      const body = { email, password: "let-me-in" };
      const answer = await ask(admin, "POST", "/api/session", { body });
      assert.equal(answer.status, 401);
      assert.equal(answer.body["code"], "wrong_credentials");
      assert.equal(answer.body["detail"], "Check both and try again.");
      assert.deepEqual(answer.headers.getSetCookie(), []);
    });

  it("pauses after ten wrong passwords, also for the right one, and for nobody else", async (test) => {
    const { admin, clock } = await given(test);
    const attempt = (email: string, word: string) =>
      ask(admin, "POST", "/api/session", { body: { email, password: word } });
    // At once: attempts under way count as well.
    const wrong = Array.from({ length: 12 }, () => attempt("grace@bank.example", "guess"));
    const statuses = (await Promise.all(wrong)).map(({ status }) => status).toSorted();
    assert.deepEqual(statuses, [...Array<number>(10).fill(401), 429, 429]);
    const refused = await attempt("grace@bank.example", password);
    assert.equal(refused.body["code"], "too_many_attempts");
    assert.equal(refused.headers.get("retry-after"), "300");
    assert.equal((await attempt("alan@bank.example", password)).status, 200);
    clock.aheadMs += 5 * 60_000;
    assert.equal((await attempt("grace@bank.example", password)).status, 200);
  });
});

describe("A session", () => {
  it("is needed for everything that tells or changes something", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
    await deliver(admin, asked);
    for (const [method, path] of [
      ["GET", "/api/session"],
      ["GET", "/api/transfers?status=waiting"],
      ["GET", `/api/transfers/${idOf(asked)}`],
      ["GET", "/api/live"],
      ["POST", `/api/transfers/${idOf(asked)}/approval`],
      ["POST", `/api/transfers/${idOf(asked)}/denial`],
    ] as const) {
      const body = method === "POST" ? { reason: "no" } : undefined;
      const answer = await ask(admin, method, path, { cookie: "saldo_admin_session=guess", body });
      assert.equal(answer.status, 401, path);
      assert.equal(answer.body["code"], "not_signed_in");
    }
    for (const path of ["/", "/decided", `/transfers/${idOf(asked)}`]) {
      const response = await fetch(`${admin.url}${path}`, { redirect: "manual" });
      assert.equal(response.status, 303);
      const next = encodeURIComponent(path);
      assert.equal(response.headers.get("location"), `/sign-in?next=${next}`);
    }
    assert.equal(saldo.decisions().length, 0);
  });

  it("survives a restart of the app", async (test) => {
    const { admin } = await given(test);
    const grace = await signIn(admin, "grace");
    await admin.restart();
    assert.equal((await grace.get("/api/session")).body["name"], "Grace");
  });

  it("ends when it is signed out of", async (test) => {
    const { admin } = await given(test);
    const grace = await signIn(admin, "grace");
    assert.equal((await grace.send("DELETE", "/api/session")).status, 204);
    assert.equal((await grace.get("/api/session")).status, 401);
  });

  it("ends after a working day", async (test) => {
    const { admin, clock } = await given(test);
    const grace = await signIn(admin, "grace");
    clock.aheadMs += 12 * 60 * 60_000;
    assert.equal((await grace.get("/api/session")).status, 401);
  });
});

describe("A request that changes something", () => {
  const headers = (admin: { url: string }): [string, Record<string, string>, number][] => [
    ["says nothing about where it comes from", {}, 403],
    ["comes from another origin", { origin: "http://evil.example" }, 403],
    ["comes from nowhere", { origin: "null" }, 403],
    ["comes from another port", { origin: "http://127.0.0.1:1" }, 403],
    ["comes from another site", { origin: admin.url, "sec-fetch-site": "cross-site" }, 403],
    ["comes from a neighbour", { "sec-fetch-site": "same-site" }, 403],
    ["comes from this origin", { origin: admin.url }, 200],
    ["comes from a page of this app", { "sec-fetch-site": "same-origin" }, 200],
  ];
  it("is refused unless it comes from this app", async (test) => {
    const { admin, saldo } = await given(test);
    const { cookie } = await signIn(admin, "grace");
    for (const [what, origin, status] of headers(admin)) {
      const asked = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
      await deliver(admin, asked);
      const response = await fetch(`${admin.url}/api/transfers/${idOf(asked)}/approval`, {
        method: "POST",
        headers: { "content-type": "application/json", cookie, ...origin },
        body: "{}",
      });
      assert.equal(response.status, status, `It ${what}.`);
      const { history } = saldo.transfer(idOf(asked)) ?? { history: [] };
      assert.equal(history.length, status === 200 ? 2 : 1, `It ${what}.`);
    }
  });

  it("may also be a form of a page, and not of a foreign one", async (test) => {
    const { admin } = await given(test);
    const body = new URLSearchParams({ email: "grace@bank.example", password, next: "//evil" });
    const submit = (origin: string) =>
      fetch(`${admin.url}/sign-in`, {
        ...{ method: "POST", body, redirect: "manual" },
        headers: { origin },
      });
    assert.equal((await submit("http://evil.example")).status, 403);
    const response = await submit(admin.url);
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), "/");
  });
});
