/** What a web page that somebody happens to open can do with the emulated services on the same machine: nothing. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { exchange, requestText } from "../../support/raw-http.ts";
import { serverNames, serversByName } from "./support/servers.ts";

const json = "application/json";

for (const name of serverNames) {
  describe(`The ${name} and foreign pages`, async () => {
    const server = await serversByName[name]();
    after(server.close);
    const { url, reading, writing, answered } = server;
    const { host, port } = new URL(url);
    const ask = (
      line: string,
      headers: Record<string, string>,
      body = "",
    ): ReturnType<typeof exchange> => exchange(url, requestText(line, { host, ...headers }, body));

    it("answers to the names of this machine", async () => {
      for (const known of [
        host,
        `localhost:${port}`,
        "localhost",
        `[::1]:${port}`,
        "LOCALHOST",
        "192.0.2.1",
      ])
        assert.equal((await ask(reading, { host: known })).status, answered, known);
    });

    it("answers to no other name, also not one that was made to point here", async () => {
      const others = ["attacker.example", `attacker.example:${port}`, "127.0.0.1.attacker.example"];
      for (const other of others)
        for (const line of [reading, writing]) {
          const { status, body } = await ask(line, { host: other, origin: `http://${other}` });
          assert.equal(status, 403, `${line} as ${other}`);
          assert.match(body, /allowedHosts/, "says what to set");
        }
    });

    it("refuses a Host that is none with 400", async () => {
      for (const malformed of ["[", "a b", "me@127.0.0.1", "127.0.0.1:port", ""])
        assert.equal((await ask(reading, { host: malformed })).status, 400, malformed);
    });
  });
}

const closed = serverNames.filter((name) => name !== "issuer");

for (const name of closed) {
  describe(`The ${name}, asked by a page`, async () => {
    const server = await serversByName[name]();
    after(server.close);
    const { url, reading, writing, answered } = server;
    const { host } = new URL(url);
    const ask = (
      line: string,
      headers: Record<string, string>,
      body = "",
    ): ReturnType<typeof exchange> =>
      exchange(url, requestText(line, { host, "content-type": json, ...headers }, body));

    it("is not told anything that a foreign page sends, whatever its type", async () => {
      for (const origin of [
        "http://attacker.example",
        "null",
        `http://${host}.example`,
        "http://127.0.0.1:1",
      ])
        for (const type of ["text/plain", json]) {
          const { status } = await ask(writing, { origin, "content-type": type }, "{}");
          assert.equal(status, 403, `${origin} ${type}`);
        }
    });

    it("is not read by a foreign page, nor asked for what it would allow", async () => {
      const site = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
      assert.equal((await ask(reading, { ...site, "sec-fetch-dest": "script" })).status, 403);
      const framed = { ...site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" };
      assert.equal((await ask(reading, framed)).status, 403);
      const preflight = await ask(`OPTIONS ${writing.split(" ")[1] ?? ""}`, {
        origin: "http://attacker.example",
        "access-control-request-method": "POST",
      });
      assert.equal(preflight.status, 403);
      assert.equal(preflight.headers.get("access-control-allow-origin"), undefined);
    });

    it("answers those who are no page, its own pages, and people who follow a link", async () => {
      const link = {
        ...{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
        "sec-fetch-dest": "document",
      };
      const own = { "sec-fetch-site": "same-origin", origin: `http://${host}` };
      for (const headers of [{}, own, { origin: `http://${host}` }, link])
        assert.equal((await ask(reading, headers)).status, answered, JSON.stringify(headers));
    });
  });
}

describe("A service with further names", async () => {
  const server = await serversByName["control API"]({ allowedHosts: ["host.docker.internal"] });
  after(server.close);

  it("answers to them, and its pages there are its own", async () => {
    const host = `host.docker.internal:${new URL(server.url).port}`;
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await exchange(server.url, requestText("GET /clock", { host, ...headers }))).status;
    assert.equal(await ask({}), 200);
    assert.equal(await ask({ origin: `http://${host}` }), 200);
    assert.equal(await ask({ origin: "http://docker.internal" }), 403);
    assert.equal(await ask({ host: "other.docker.internal" }), 403);
  });
});
