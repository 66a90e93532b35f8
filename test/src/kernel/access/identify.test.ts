/** Who asks, and how often: the limits at the door. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clientAddress } from "../../../../src/kernel/access/client-address.ts";
import { identification } from "../../../../src/kernel/access/identify.ts";
import { rateLimit } from "../../../../src/kernel/access/rate-limit.ts";
import { answerOf, Refusal } from "../../../../src/kernel/access/refusals.ts";
import type { Caller } from "../../../../src/platform/identity/caller.ts";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import {
  TokenRefused,
  type TokenVerifier,
} from "../../../../src/platform/identity/token-verifier.ts";
import { nowMs, requestOf } from "./support.ts";

describe("a rate limit", () => {
  it("lets a burst pass, then as many as there is time for, and says how long to wait", () => {
    const clock = { ms: nowMs };
    const { take } = rateLimit({ perSecond: 4, burst: 3 }, { now: () => clock.ms });
    assert.deepEqual([take("ada"), take("ada"), take("ada")], [0, 0, 0]);
    assert.equal(take("ada"), 250);
    assert.equal(take("bob"), 0, "everybody is counted apart");
    clock.ms += 100;
    assert.equal(take("ada"), 150, "what was refused does not count");
    clock.ms += 150;
    assert.equal(take("ada"), 0);
    clock.ms += 3_600_000;
    assert.deepEqual([take("ada"), take("ada"), take("ada"), take("ada")], [0, 0, 0, 250]);
  });
});

describe("the address of a client", () => {
  const addressOf = (forwarded: string | undefined, proxies = 0): string => {
    const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
    return clientAddress(requestOf({}, headers), proxies);
  };

  it("is what the platform added, not what the client says of itself", () => {
    assert.equal(addressOf("1.1.1.1, 2.2.2.2:5123"), "2.2.2.2");
    assert.equal(addressOf("1.1.1.1, [2001:db8::1]:443"), "2001:db8::1");
    assert.equal(addressOf("2001:db8::1"), "2001:db8::1");
    assert.equal(addressOf(undefined), "unknown");
  });

  it("is the one before as many proxies as there are of one's own", () => {
    assert.equal(addressOf("1.1.1.1, 2.2.2.2, 3.3.3.3:80", 1), "2.2.2.2");
    assert.equal(addressOf("3.3.3.3", 1), "unknown");
  });
});

describe("identifying a caller", () => {
  const caller = (subject: string): Caller => ({ subject, client: "mobile", roles: ["customer"] });
  const verifier: TokenVerifier = {
    callerOf: (authorization) => {
      if (authorization === null)
        return Promise.reject(new TokenRefused("missing_token", "Send one."));
      if (authorization === "broken") return Promise.reject(new PlatformFault("No keys."));
      return Promise.resolve(caller(authorization));
    },
  };
  const rates = {
    callerRate: { perSecond: 1, burst: 2 },
    strangerRate: { perSecond: 1, burst: 1 },
  };
  const identify = () => identification(verifier, { ...rates, proxies: 0 }, { now: () => nowMs });
  const as = (authorization: string, address = "1.1.1.1") =>
    requestOf({}, { authorization, "x-forwarded-for": address });
  const unknownAt = (address: string) => requestOf({}, { "x-forwarded-for": address });
  const refusal = (code: string) => (error: unknown) =>
    error instanceof Refusal && error.code === code;

  it("counts those who are known by name, wherever they are", async () => {
    const who = identify();
    assert.equal((await who(as("ada"))).subject, "ada");
    await who(as("ada", "2.2.2.2"));
    await assert.rejects(who(as("ada", "3.3.3.3")), refusal("too_many_requests"));
    assert.equal((await who(as("bob"))).subject, "bob");
  });

  it("counts those who are not by address, and does not lock out others there who are", async () => {
    const who = identify();
    await assert.rejects(who(unknownAt("1.1.1.1")), refusal("missing_token"));
    await assert.rejects(who(unknownAt("1.1.1.1")), refusal("too_many_requests"));
    await assert.rejects(who(unknownAt("2.2.2.2")), refusal("missing_token"));
    assert.equal((await who(as("ada", "1.1.1.1"))).subject, "ada");
  });

  it("blames nobody while the issuer's keys cannot be had", async () => {
    const who = identify();
    for (let times = 0; times < 3; times += 1)
      await assert.rejects(who(as("broken")), PlatformFault);
    await assert.rejects(who(unknownAt("1.1.1.1")), refusal("missing_token"));
  });

  it("tells who is refused when to come back, and whom to ask for a token", async () => {
    const who = identify();
    const [first, second] = await Promise.all(
      [1, 2].map(() => who(unknownAt("1.1.1.1")).catch((error: unknown) => error)),
    );
    assert.ok(first instanceof Refusal && second instanceof Refusal);
    const metadata = "https://saldo.example/api/.well-known/oauth-protected-resource";
    assert.equal(
      answerOf(first).headers["www-authenticate"],
      `Bearer realm="saldo", resource_metadata="${metadata}"`,
    );
    assert.deepEqual(
      [answerOf(second).status, answerOf(second).headers["retry-after"]],
      [429, "1"],
    );
  });
});
