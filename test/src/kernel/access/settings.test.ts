import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readAccessSettings } from "../../../../src/kernel/access/settings.ts";

const least = { IDENTITY_ISSUER: "https://issuer.example/v2.0", IDENTITY_AUDIENCE: "saldo-api" };

describe("The settings of access", () => {
  it("need an issuer and an audience alone, and limit how often anybody may ask", () => {
    assert.deepEqual(readAccessSettings(least), {
      issuer: "https://issuer.example/v2.0",
      audience: "saldo-api",
      scope: "api://saldo-api/access",
      callerRate: { perSecond: 50, burst: 200 },
      strangerRate: { perSecond: 5, burst: 50 },
      proxies: 0,
    });
  });

  for (const name of Object.keys(least))
    it(`that lack ${name} keep the app from starting: it is never open by omission`, () => {
      for (const value of [undefined, ""])
        assert.throws(
          () => readAccessSettings({ ...least, [name]: value }),
          new RegExp(`^Error: The setting ${name} is missing`),
        );
    });

  it("name an issuer by https, or one on this very machine", () => {
    const read = (issuer: string, more: NodeJS.ProcessEnv = {}): string =>
      readAccessSettings({ ...least, IDENTITY_ISSUER: issuer, ...more }).issuer;
    assert.equal(read("http://127.0.0.1:9020"), "http://127.0.0.1:9020");
    for (const issuer of [
      "http://issuer.example",
      "issuer.example",
      "file:///keys",
      "http://127.1.example",
    ])
      assert.throws(() => read(issuer), /must be an https address/);
    const inAzure = { WEBSITE_SITE_NAME: "func-saldo" };
    assert.throws(() => read("http://127.0.0.1:9020", inAzure), /must be an https address/);
  });

  it("are whole numbers where they are numbers", () => {
    for (const value of ["0", "-1", "1.5", "many"])
      assert.throws(
        () => readAccessSettings({ ...least, CALLER_REQUESTS_PER_SECOND: value }),
        /CALLER_REQUESTS_PER_SECOND must be a whole number of at least 1/,
      );
    assert.equal(readAccessSettings({ ...least, PROXIES: "1" }).proxies, 1);
  });
});
