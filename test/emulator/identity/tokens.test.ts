import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { actAsGrant, startIdentity } from "../../../emulator/identity/index.ts";
import {
  ada,
  api,
  apiScope,
  claimsOf,
  codeIn,
  type Json,
  newRequest,
  openIdentity,
  redirectUri,
  redemption,
  robot,
  script,
} from "./support/identity.ts";

const robotCredentials = { client_id: "robot", client_secret: robot.secret ?? "" };
const ownName = { grant_type: "client_credentials", scope: "api://orders/.default" };

describe("the discovery document", () => {
  it("describes the very issuer, and endpoints that are there", async (test) => {
    const { identity, app } = await openIdentity(test);
    const { body } = await app.get("/.well-known/openid-configuration");
    assert.equal(body["issuer"], identity.url);
    assert.deepEqual(body["response_types_supported"], ["code"]);
    assert.deepEqual(body["code_challenge_methods_supported"], ["S256"]);
    const { authorization_endpoint, jwks_uri, token_endpoint, userinfo_endpoint } = body;
    const answers = [
      [authorization_endpoint, "GET", 400],
      [jwks_uri, "GET", 200],
      [token_endpoint, "POST", 400],
      [userinfo_endpoint, "GET", 401],
      [body["end_session_endpoint"], "GET", 200],
    ] as const;
    for (const [address, method, status] of answers)
      assert.equal((await fetch(String(address), { method })).status, status, String(address));
  });
});

describe("the keys", () => {
  it("are published without their private parts, and kept for their owner alone", async (test) => {
    const { app, options } = await openIdentity(test);
    const [key = {}, ...others] = (await app.get("/keys")).body["keys"] as Json[];
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(key).toSorted(), ["alg", "e", "kid", "kty", "n", "use"]);
    assert.equal(statSync(options.file).mode & 0o777, 0o600);
  });

  it("are the same after a restart", async (test) => {
    const { app, identity, options } = await openIdentity(test);
    const before = (await app.get("/keys")).body;
    await identity.close();
    const again = await startIdentity({ ...options, port: Number(new URL(identity.url).port) });
    test.after(() => again.close());
    assert.deepEqual((await app.get("/keys")).body, before);
  });

  it("that the file does not hold keep the issuer from starting", async (test) => {
    const { options } = await openIdentity(test);
    for (const text of ['{"keys":7}', "", "{", "null", "[]", '{"keys":[null]}', '{"keys":[{}]}']) {
      writeFileSync(options.file, text);
      await assert.rejects(startIdentity(options), {
        message: new RegExp(`^${options.file} does not hold signing keys. Delete it`),
      });
    }
  });

  it("rotate: a token of the one before still counts, one of the key before that does not", async (test) => {
    const { identity, app, clock } = await openIdentity(test);
    const valid = async (token: string): Promise<boolean> => {
      const keys = createRemoteJWKSet(new URL(`${identity.url}/keys`));
      const checks = { issuer: identity.url, audience: api.audience };
      const options = { ...checks, currentDate: new Date(clock.now()) };
      return jwtVerify(token, keys, options).then(
        () => true,
        (error: unknown) => {
          assert.equal((error as { code: unknown }).code, "ERR_JWKS_NO_MATCHING_KEY");
          return false;
        },
      );
    };
    const first = await app.actAs(ada.email);
    await identity.rotateKeys();
    const second = await app.actAs(ada.email);
    assert.deepEqual([await valid(first), await valid(second)], [true, true]);
    await identity.rotateKeys();
    assert.deepEqual([await valid(first), await valid(second)], [false, true]);
    assert.equal(((await app.get("/keys")).body["keys"] as Json[]).length, 2);
  });
});

describe("an app in its own name", () => {
  it("gets a token with its roles, of nobody's scope", async (test) => {
    const { app } = await openIdentity(test);
    const { body } = await app.token({ ...ownName, ...robotCredentials });
    const { oid, sub, azp, roles, scp, email } = claimsOf(body["access_token"]);
    assert.equal(sub, oid);
    assert.deepEqual([azp, roles, scp, email], ["robot", ["operator"], undefined, undefined]);
    assert.equal(body["refresh_token"], undefined);
  });

  it("may prove itself by Basic authentication", async (test) => {
    const { app } = await openIdentity(test);
    const encoded = `robot:${encodeURIComponent(robot.secret ?? "")}`;
    const authorization = `Basic ${Buffer.from(encoded).toString("base64")}`;
    assert.equal((await app.token(ownName, { authorization })).status, 200);
  });

  for (const [what, form, status, error] of [
    ["a wrong secret", { ...robotCredentials, client_secret: "guessed" }, 401, "invalid_client"],
    ["no secret", { client_id: "robot" }, 401, "invalid_client"],
    ["an unknown name", { client_id: "nobody", client_secret: "x" }, 401, "invalid_client"],
    ["a secret it never had", { client_id: "mobile", client_secret: "x" }, 401, "invalid_client"],
    ["no secret to have", { client_id: "mobile" }, 400, "unauthorized_client"],
    ["a user's scope", { ...robotCredentials, scope: "api://orders/access" }, 400, "invalid_scope"],
    [
      "a grant it lacks",
      { ...robotCredentials, grant_type: "refresh_token" },
      400,
      "unauthorized_client",
    ],
    [
      "an unknown grant",
      { ...robotCredentials, grant_type: "password" },
      400,
      "unsupported_grant_type",
    ],
  ] as const)
    it(`is refused with ${what}`, async (test) => {
      const { app } = await openIdentity(test);
      const answer = await app.token({ ...ownName, ...form });
      assert.equal(answer.status, status);
      assert.equal(answer.body["error"], error);
      assert.equal(answer.headers.has("www-authenticate"), status === 401);
    });
});

describe("acting as somebody", () => {
  it("gives the token that the person would get, with the roles there are", async (test) => {
    const { app } = await openIdentity(test);
    const known = claimsOf(await app.actAs("Ada@Example.com"));
    const signedIn = claimsOf((await app.signedIn())["access_token"]);
    assert.equal(known["oid"], signedIn["oid"]);
    assert.deepEqual(known["roles"], ["approver"]);
  });

  it("makes somebody unknown a user without roles, and always the same one", async (test) => {
    const { app } = await openIdentity(test);
    const [one = {}, two] = [
      await app.actAs("c@example.com"),
      await app.actAs("c@example.com"),
    ].map(claimsOf);
    assert.equal(one["oid"], two?.["oid"]);
    assert.deepEqual(
      [one["roles"], one["email"], one["scp"]],
      [undefined, "c@example.com", "access"],
    );
    assert.notEqual(claimsOf(await app.actAs("d@example.com"))["oid"], one["oid"]);
  });

  it("is no grant of an ordinary app", async (test) => {
    const { app } = await openIdentity(test);
    const form = { grant_type: "urn:emulated-identity:act-as", username: ada.email };
    const { body } = await app.token({ ...form, ...robotCredentials });
    assert.equal(body["error"], "unauthorized_client");
  });
});

describe("a token", () => {
  it("names a person by oid for all apps, and by another sub for each", async (test) => {
    const { app } = await openIdentity(test);
    const byWeb = claimsOf((await app.signedIn())["access_token"]);
    const { request, verifier } = newRequest({ client_id: "mobile" });
    const code = codeIn(await app.signIn(request, ada));
    const redeemed = await app.token({
      grant_type: "authorization_code",
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
      client_id: "mobile",
    });
    const byMobile = claimsOf(redeemed.body["access_token"]);
    assert.equal(byMobile["oid"], byWeb["oid"]);
    assert.notEqual(byMobile["sub"], byWeb["sub"]);
  });

  it("opens the user's own claims until it has expired, and only a user's does", async (test) => {
    const { app, clock } = await openIdentity(test, { accessTokenLifetimeMs: 5_000 });
    const { access_token, id_token, expires_in } = await app.signedIn();
    assert.equal(expires_in, 5);
    const ask = (token: unknown): ReturnType<typeof app.get> =>
      app.get("/userinfo", { authorization: `Bearer ${String(token)}` });
    const { status, body } = await ask(access_token);
    assert.equal(status, 200);
    assert.equal(body["email"], ada.email);
    assert.equal(body["sub"], claimsOf(id_token)["sub"]);
    const service = (await app.token({ ...ownName, ...robotCredentials })).body["access_token"];
    for (const wrong of [id_token, service, `${String(access_token).slice(0, -4)}AAAA`])
      assert.equal((await ask(wrong)).status, 401);
    clock.advance(6_000);
    assert.equal((await ask(access_token)).status, 401);
  });
});

describe("the token endpoint", () => {
  it("takes forms only, with each parameter once", async (test) => {
    const { identity } = await openIdentity(test);
    const post = (body: string, type: string): Promise<Response> =>
      fetch(`${identity.url}/token`, { method: "POST", body, headers: { "content-type": type } });
    const json = await post("{}", "application/json");
    const twice = await post("client_id=a&client_id=b", "application/x-www-form-urlencoded");
    assert.deepEqual([json.status, twice.status], [400, 400]);
  });

  it("answers apps of browsers, from wherever they come", async (test) => {
    const { identity } = await openIdentity(test);
    const preflight = await fetch(`${identity.url}/token`, { method: "OPTIONS" });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  });

  it("gives a foreign page no token of an app that has a secret, though everybody may know it", async (test) => {
    const { app } = await openIdentity(test);
    const acting = { grant_type: actAsGrant, username: "ada@example.com", scope: apiScope };
    const scriptCredentials = { client_id: "script", client_secret: script.secret ?? "" };
    const forms = [
      { ...ownName, ...robotCredentials },
      { ...acting, ...scriptCredentials },
    ];
    for (const form of forms) {
      for (const headers of [
        { origin: "http://attacker.example" },
        { origin: "null" },
        { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" },
      ]) {
        const { status, body } = await app.token(form, headers);
        assert.deepEqual([status, body["error"]], [400, "invalid_request"]);
        assert.equal(body["access_token"], undefined);
      }
      assert.equal((await app.token(form)).status, 200);
    }
  });

  it("gives the page of an app without a secret its tokens, from wherever it comes", async (test) => {
    const { app } = await openIdentity(test);
    const { request, verifier } = newRequest({ client_id: "mobile" });
    const code = codeIn(await app.signIn(request, ada));
    const { client_secret, ...redeeming } = redemption(code, verifier);
    assert.ok(client_secret);
    const form = { ...redeeming, client_id: "mobile" };
    const { status, headers } = await app.token(form, { origin: "http://app.example" });
    assert.equal(status, 200);
    assert.equal(headers.get("access-control-allow-origin"), "*");
  });
});
