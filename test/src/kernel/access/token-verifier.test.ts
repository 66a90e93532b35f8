/** Which tokens count, and whom they stand for. */
import assert from "node:assert/strict";
import { createSecretKey } from "node:crypto";
import { describe, it, type TestContext } from "node:test";
import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import type { Caller } from "../../../../src/platform/identity/caller.ts";
import { TokenRefused, tokenVerifier } from "../../../../src/platform/identity/token-verifier.ts";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import { adasClaims, type Changed, type Issuer, nowMs, startIssuer } from "./support.ts";

type Given = {
  readonly issuer: Issuer;
  readonly clock: { ms: number };
  readonly callerOf: (token: string) => Promise<Caller>;
  /** The caller of the token that is right but for this. */
  readonly callerWith: (changed: Changed) => Promise<Caller>;
};

async function given(test: TestContext): Promise<Given> {
  const issuer = await startIssuer(test);
  const clock = { ms: nowMs };
  const verifier = tokenVerifier({
    issuer: issuer.url,
    audience: "saldo-api",
    scope: "api://saldo-api/access",
    clock: { now: () => clock.ms },
  });
  const callerOf = (token: string): Promise<Caller> => verifier.callerOf(`Bearer ${token}`);
  const callerWith = async (changed: Changed): Promise<Caller> =>
    callerOf(await issuer.token(changed));
  return { issuer, clock, callerOf, callerWith };
}

const refused = (error: unknown): boolean =>
  error instanceof TokenRefused && error.code === "invalid_token";

describe("a token tells", () => {
  it("a person by the object id, who is a customer by an app that may act for them", async (test) => {
    const { callerWith } = await given(test);
    assert.deepEqual(await callerWith({}), {
      subject: "ada's object id",
      client: "mobile",
      roles: ["customer"],
      email: "ada@example.com",
    });
    assert.equal((await callerWith({ without: ["oid"] })).subject, "ada in the app");
  });

  it("the roles that the issuer assigned, and only those that there are", async (test) => {
    const { callerWith } = await given(test);
    const roles = ["approver", "customer", "emperor", 7];
    assert.deepEqual((await callerWith({ claims: { roles } })).roles, ["customer", "approver"]);
    assert.deepEqual((await callerWith({ claims: { roles: "operator" } })).roles, ["customer"]);
  });

  it("nothing that a person may do by an app that may not act for them here", async (test) => {
    const { callerWith } = await given(test);
    for (const scp of ["profile", "", "api://saldo-api/access", "accesses"])
      assert.deepEqual((await callerWith({ claims: { scp, roles: ["operator"] } })).roles, []);
    assert.deepEqual((await callerWith({ claims: { scp: "profile access" } })).roles, ["customer"]);
  });

  it("an app in its own name by its roles: it is no customer", async (test) => {
    const { callerWith } = await given(test);
    const caller = await callerWith({ without: ["scp"], claims: { roles: ["approval-desk"] } });
    assert.deepEqual(caller.roles, ["approval-desk"]);
    assert.equal(caller.email, undefined);
    assert.deepEqual((await callerWith({ without: ["scp"] })).roles, []);
  });
});

describe("a token does not count", () => {
  const wrong: readonly (readonly [what: string, changed: Changed])[] = [
    ["for another API", { claims: { aud: "orders-api" } }],
    ["of another issuer", { claims: { iss: "https://issuer.example" } }],
    ["of another tenant of the issuer", { claims: { iss: "http://127.0.0.1/other" } }],
    ["that has expired", { claims: { exp: nowMs / 1_000 - 61 } }],
    ["that is not valid yet", { claims: { nbf: nowMs / 1_000 + 61 } }],
    ["that never expires", { without: ["exp"] }],
    ["that names no app, as an ID token", { without: ["azp"] }],
    ["that names nobody", { without: ["oid", "sub"] }],
    ["by a key that the issuer does not have", { keyId: "unknown" }],
  ];
  for (const [what, changed] of wrong)
    it(what, async (test) => {
      const { callerWith } = await given(test);
      await assert.rejects(callerWith(changed), refused);
    });

  it("by somebody else's key under the name of the issuer's", async (test) => {
    const { callerWith } = await given(test);
    await assert.rejects(callerWith({ key: await generateKeyPair("RS256") }), refused);
  });

  it("without a signature (alg none)", async (test) => {
    const { issuer, callerOf } = await given(test);
    await assert.rejects(callerOf(new UnsecuredJWT(adasClaims(issuer.url)).encode()), refused);
  });

  it("signed with the public key as a shared secret (HS256)", async (test) => {
    const { issuer, callerOf } = await given(test);
    const publicKey = issuer.keys.get("first")?.publicKey ?? assert.fail();
    const secret = createSecretKey(Buffer.from(await exportSPKI(publicKey)));
    const token = await new SignJWT(adasClaims(issuer.url))
      .setProtectedHeader({ alg: "HS256", kid: "first" })
      .sign(secret);
    await assert.rejects(callerOf(token), refused);
  });

  it("with a changed part", async (test) => {
    const { issuer, callerOf } = await given(test);
    const [header = "", payload = "", signature = ""] = (await issuer.token()).split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
    const raised = Buffer.from(JSON.stringify({ ...claims, roles: ["operator"] }));
    const forged = `${header}.${raised.toString("base64url")}.${signature}`;
    for (const token of [forged, `${header}.${payload}.`, `${header}.${payload}`, "x.y.z"])
      await assert.rejects(callerOf(token), refused);
  });

  it("unless it comes as a bearer token in the header", async (test) => {
    const { issuer } = await given(test);
    const options = { issuer: issuer.url, audience: "saldo-api", scope: "access" };
    const verifier = tokenVerifier({ ...options, clock: { now: () => nowMs } });
    const token = await issuer.token();
    for (const header of [null, "", token, `Basic ${token}`, "Bearer", `Bearer ${token} more`])
      await assert.rejects(
        verifier.callerOf(header),
        (error) => error instanceof TokenRefused && error.code === "missing_token",
      );
    assert.equal((await verifier.callerOf(`bearer ${token}`)).client, "mobile");
  });

  it("and the refusal repeats nothing of it", async (test) => {
    const { callerWith } = await given(test);
    const email = "secret@example.com";
    await assert.rejects(callerWith({ claims: { aud: "x", email } }), (error: Error) => {
      assert.doesNotMatch(`${error.message}${JSON.stringify(error)}`, /secret|eyJ/);
      return true;
    });
  });
});

describe("a token that counted before", () => {
  it("is not checked again for a minute, and never beyond its end", async (test) => {
    const { issuer, clock, callerOf } = await given(test);
    const token = await issuer.token({ claims: { exp: nowMs / 1_000 + 90 } });
    await callerOf(token);
    issuer.keys.clear();
    issuer.health.status = 500;
    clock.ms += 59_000;
    assert.equal((await callerOf(token)).client, "mobile");
    clock.ms += 100_000;
    await assert.rejects(callerOf(token), refused);
  });
});

describe("the issuer's keys", () => {
  it("are fetched once for many tokens, also at the same time", async (test) => {
    const { issuer, callerWith } = await given(test);
    const people = Array.from({ length: 20 }, (_, index) => ({ claims: { oid: `${index}` } }));
    await Promise.all(people.map(callerWith));
    assert.equal(issuer.asked(), 1);
  });

  it("still count for a day while the issuer is away, and then nobody can tell", async (test) => {
    const { issuer, clock, callerWith } = await given(test);
    await callerWith({});
    issuer.health.status = 500;
    const later = (hours: number): Changed => {
      clock.ms = nowMs + hours * 3_600_000;
      const seconds = clock.ms / 1_000;
      return { claims: { iat: seconds, nbf: seconds, exp: seconds + 3_600 } };
    };
    assert.equal((await callerWith(later(23))).client, "mobile");
    await assert.rejects(callerWith({ ...later(23), keyId: "new" }), PlatformFault);
    await assert.rejects(callerWith(later(25)), PlatformFault);
  });

  it("are fetched anew for a key that is not among them, but not for every invented name", async (test) => {
    const { issuer, clock, callerWith } = await given(test);
    await callerWith({});
    const key = await issuer.addKey("second");
    const renewed = { key, keyId: "second" };
    await assert.rejects(callerWith(renewed), refused, "too soon after the last look");
    clock.ms += 30_000;
    assert.equal((await callerWith(renewed)).client, "mobile");
    for (const keyId of ["third", "fourth", "fifth"])
      await assert.rejects(callerWith({ keyId }), refused);
    assert.equal(issuer.asked(), 2);
  });

  it("that the issuer has taken back do not count any longer", async (test) => {
    const { issuer, clock, callerWith } = await given(test);
    await callerWith({});
    issuer.keys.delete("first");
    clock.ms += 10 * 60_000;
    await assert.rejects(callerWith({}), refused);
  });

  it("cannot be had from an issuer that does not answer: then nobody can tell", async (test) => {
    const { issuer, clock, callerWith } = await given(test);
    issuer.health.status = 503;
    await assert.rejects(callerWith({}), PlatformFault);
    issuer.health.status = 200;
    clock.ms += 2_001; // a failed fetch is not repeated sooner
    assert.equal((await callerWith({})).client, "mobile");
  });

  for (const [what, discovered] of [
    ["of another issuer", { issuer: "https://issuer.example" }],
    ["without keys", { jwks_uri: 7 }],
    ["whose keys come by another protocol", { jwks_uri: "ftp://127.0.0.1/keys" }],
  ] as const)
    it(`are not taken from a discovery document ${what}`, async (test) => {
      const { issuer, callerWith } = await given(test);
      issuer.health.discovered = discovered;
      await assert.rejects(callerWith({}), PlatformFault);
    });
});
