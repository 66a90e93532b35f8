import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { byClientCredentials } from "../../admin/saldo/access-tokens.ts";
import { openIdentity, robot } from "../emulator/identity/support/identity.ts";

async function given(test: TestContext) {
  const { identity, clock } = await openIdentity(test, { accessTokenLifetimeMs: 600_000 });
  const credentials = {
    issuer: identity.url,
    clientId: robot.id,
    clientSecret: robot.secret ?? "",
    scope: "api://orders/.default",
    now: clock.now,
  };
  return { clock, credentials };
}

describe("The app's access token", () => {
  it("is asked for once, whoever wants it meanwhile, and again when it is nearly over", async (test) => {
    const { clock, credentials } = await given(test);
    const tokens = byClientCredentials(credentials);
    const [one, other] = await Promise.all([tokens.current(), tokens.current()]);
    assert.equal(one, other);
    clock.advance(530_000);
    assert.equal(await tokens.current(), one);
    clock.advance(20_000);
    assert.notEqual(await tokens.current(), one);
  });

  it("is another one after it was refused, but not for what was refused before", async (test) => {
    const { credentials } = await given(test);
    const tokens = byClientCredentials(credentials);
    const first = await tokens.current();
    tokens.refused(first);
    const second = await tokens.current();
    assert.notEqual(second, first);
    tokens.refused(first);
    assert.equal(await tokens.current(), second);
  });

  it("is missing while the issuer refuses the app, which is told without the secret", async (test) => {
    const { credentials } = await given(test);
    const tokens = byClientCredentials({ ...credentials, clientSecret: "guessed" });
    await assert.rejects(tokens.current(), (error: Error) => {
      assert.equal(error.message, "the issuer of tokens answered with status 401");
      return true;
    });
    await assert.rejects(tokens.current(), /status 401/, "a failure is not remembered");
  });
});
