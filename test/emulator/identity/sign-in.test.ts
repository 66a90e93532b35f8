import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ada,
  apiScope,
  claimsOf,
  codeIn,
  newRequest,
  openIdentity,
  redemption,
  redirectUri,
  told,
  webCredentials,
} from "./support/identity.ts";

describe("signing in", () => {
  it("leads from the page by a code to tokens about the person", async (test) => {
    const { identity, app } = await openIdentity(test);
    const { request, verifier } = newRequest({ nonce: "n-1" });
    const page = await app.authorize(request);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<label for="email">/);

    const redirect = await app.signIn(request, ada);
    assert.equal(redirect.status, 303);
    assert.ok(redirect.headers.get("location")?.startsWith(redirectUri));
    assert.equal(told(redirect).get("state"), "the state");
    assert.equal(told(redirect).get("iss"), identity.url);

    const { status, headers, body } = await app.token(redemption(codeIn(redirect), verifier));
    assert.equal(status, 200);
    assert.equal(headers.get("cache-control"), "no-store");
    const access = claimsOf(body["access_token"]);
    assert.equal(access["iss"], identity.url);
    assert.equal(access["aud"], "orders-api");
    assert.equal(access["azp"], "web");
    assert.equal(access["scp"], "access");
    assert.deepEqual(access["roles"], ["approver"]);
    assert.equal(access["email"], ada.email);
    const id = claimsOf(body["id_token"]);
    assert.equal(id["aud"], "web");
    assert.equal(id["nonce"], "n-1");
    assert.equal(id["sub"], access["sub"]);
    assert.equal(id["azp"], undefined);
  });

  it("again needs no password while the browser's session lasts, unless the app wants it", async (test) => {
    const { app } = await openIdentity(test);
    const { request } = newRequest();
    const cookie = (await app.signIn(request, ada)).headers.get("set-cookie") ?? "";
    assert.match(cookie, /; HttpOnly; SameSite=Lax$/);
    const headers = { cookie: cookie.split(";", 1)[0] ?? "" };
    assert.notEqual(codeIn(await app.authorize(request, headers)), "");
    const page = await app.authorize({ ...request, prompt: "login" }, headers);
    assert.equal(page.status, 200);
    const nobody = await app.authorize({ ...request, prompt: "none" });
    assert.equal(told(nobody).get("error"), "login_required");
  });

  it("with a wrong password shows the page again and says so to everybody alike", async (test) => {
    const { app } = await openIdentity(test);
    const { request } = newRequest();
    const pages = await Promise.all(
      [ada.email, "nobody@example.com"].map(async (email) => {
        const page = await app.signIn(request, { email, password: "guessed" });
        assert.equal(page.status, 401);
        assert.equal(page.headers.get("set-cookie"), null);
        return (await page.text()).replaceAll(email, "");
      }),
    );
    assert.match(pages[0] ?? "", /role="alert">The e-mail or the password is wrong\./);
    assert.equal(pages[0], pages[1]);
  });

  it("is refused to a form of a foreign page", async (test) => {
    const { app } = await openIdentity(test);
    const { request } = newRequest();
    for (const headers of [
      {},
      { origin: "http://evil.example" },
      { "sec-fetch-site": "cross-site" },
    ])
      assert.equal((await app.signIn(request, ada, headers)).status, 400);
  });

  it("puts what it is sent on the page as text", async (test) => {
    const { app } = await openIdentity(test);
    const { request } = newRequest({ state: `"><script>alert(1)</script>` });
    const text = await (await app.authorize(request)).text();
    assert.doesNotMatch(text, /<script/);
    assert.match(text, /&lt;script&gt;/);
  });

  it("ends with the session, and goes on to an address of the app", async (test) => {
    const { app, identity } = await openIdentity(test);
    const { request, verifier } = newRequest();
    const redirect = await app.signIn(request, ada);
    const cookie = redirect.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
    const { body } = await app.token(redemption(codeIn(redirect), verifier));
    const logout = (address: string): Promise<Response> => {
      const query = new URLSearchParams({
        id_token_hint: String(body["id_token"]),
        post_logout_redirect_uri: address,
        state: "bye",
      });
      const init = { headers: { cookie }, redirect: "manual" } as const;
      return fetch(`${identity.url}/logout?${query.toString()}`, init);
    };
    const out = await logout("http://127.0.0.1:4711/signed-out");
    assert.equal(out.headers.get("location"), "http://127.0.0.1:4711/signed-out?state=bye");
    assert.equal((await app.authorize(request, { cookie })).status, 200);
    const elsewhere = await logout("http://evil.example/");
    assert.equal(elsewhere.headers.get("location"), null);
  });
});

describe("an authorization request", () => {
  for (const [what, parameters] of [
    ["an unknown app", { client_id: "nobody" }],
    ["another address", { redirect_uri: "http://evil.example/" }],
    ["an address that only begins like the app's", { redirect_uri: `${redirectUri}/../evil` }],
    ["another port of an address with a port", { redirect_uri: "http://127.0.0.1:1/signed-in" }],
    ["user info in the address", { redirect_uri: "http://a@127.0.0.1:1/any-port" }],
    ["no address", { redirect_uri: "" }],
  ] as const)
    it(`with ${what} is answered by a page and never redirected`, async (test) => {
      const { app } = await openIdentity(test);
      const { request } = newRequest(parameters);
      for (const response of [await app.authorize(request), await app.signIn(request, ada)]) {
        assert.equal(response.status, 400);
        assert.equal(response.headers.get("location"), null);
      }
    });

  it("may come from any port of this machine where the app's address has none", async (test) => {
    const { app } = await openIdentity(test);
    const { request } = newRequest({ redirect_uri: "http://127.0.0.1:51234/any-port" });
    assert.notEqual(codeIn(await app.signIn(request, ada)), "");
  });

  for (const [what, parameters, error] of [
    ["without PKCE", { code_challenge: "" }, "invalid_request"],
    ["with a plain challenge", { code_challenge_method: "plain" }, "invalid_request"],
    ["for a token at once", { response_type: "token" }, "unsupported_response_type"],
    ["for an unknown scope", { scope: "openid api://orders/everything" }, "invalid_scope"],
    ["of an app without this grant", { client_id: "robot" }, undefined],
  ] as const)
    it(`${what} is told to the app as ${error ?? "a page"}`, async (test) => {
      const { app } = await openIdentity(test);
      const response = await app.authorize(newRequest(parameters).request);
      assert.equal(response.headers.has("location"), error !== undefined);
      if (error === undefined) return;
      assert.equal(told(response).get("error"), error);
      assert.equal(told(response).get("state"), "the state");
    });
});

describe("a code", () => {
  it("is good for one use; the second ends what the first led to", async (test) => {
    const { app } = await openIdentity(test);
    const { request, verifier } = newRequest();
    const code = codeIn(await app.signIn(request, ada));
    const first = await app.token(redemption(code, verifier));
    const second = await app.token(redemption(code, verifier));
    assert.equal(second.status, 400);
    assert.equal(second.body["error"], "invalid_grant");
    const refresh_token = String(first.body["refresh_token"]);
    const form = { grant_type: "refresh_token", refresh_token, ...webCredentials };
    assert.equal((await app.token(form)).body["error"], "invalid_grant");
  });

  for (const [what, changed] of [
    ["another verifier", { code_verifier: "x".repeat(43) }],
    ["another address", { redirect_uri: "http://127.0.0.1:1/any-port" }],
    ["another app", { client_id: "mobile", client_secret: undefined }],
  ] as const)
    it(`is refused with ${what}, and is used up`, async (test) => {
      const { app } = await openIdentity(test);
      const { request, verifier } = newRequest();
      const right = redemption(codeIn(await app.signIn(request, ada)), verifier);
      const entries = Object.entries({ ...right, ...changed });
      const wrong = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
      for (const form of [wrong as typeof right, right]) {
        const { status, body } = await app.token(form);
        assert.equal(status, 400);
        assert.equal(body["error"], "invalid_grant");
      }
    });

  it("lasts a minute", async (test) => {
    const { app, clock } = await openIdentity(test);
    const { request, verifier } = newRequest();
    const code = codeIn(await app.signIn(request, ada));
    clock.advance(60_001);
    const { body } = await app.token(redemption(code, verifier));
    assert.equal(body["error"], "invalid_grant");
  });
});

describe("a refresh token", () => {
  it("gives new tokens and another of itself; used twice, it ends them all", async (test) => {
    const { app } = await openIdentity(test);
    const signedIn = await app.signedIn();
    const refresh = (refresh_token: unknown): ReturnType<typeof app.token> =>
      app.token({
        grant_type: "refresh_token",
        refresh_token: String(refresh_token),
        ...webCredentials,
      });
    const second = (await refresh(signedIn["refresh_token"])).body;
    assert.equal(claimsOf(second["access_token"])["email"], ada.email);
    assert.notEqual(second["refresh_token"], signedIn["refresh_token"]);
    assert.equal((await refresh(signedIn["refresh_token"])).body["error"], "invalid_grant");
    assert.equal((await refresh(second["refresh_token"])).body["error"], "invalid_grant");
  });

  it("is of no use to another app", async (test) => {
    const { app } = await openIdentity(test);
    const { refresh_token } = await app.signedIn();
    const stolen = { refresh_token: String(refresh_token), client_id: "mobile" };
    const { body } = await app.token({ grant_type: "refresh_token", ...stolen });
    assert.equal(body["error"], "invalid_grant");
  });

  it("is given only to who asked for offline access", async (test) => {
    const { app } = await openIdentity(test);
    const tokens = await app.signedIn(ada, { scope: apiScope });
    assert.deepEqual(
      [tokens["refresh_token"], tokens["id_token"], typeof tokens["access_token"]],
      [undefined, undefined, "string"],
    );
  });
});
