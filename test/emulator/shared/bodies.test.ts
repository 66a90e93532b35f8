/** Requests that are too large, never end, break off or are none: each is answered, and the service lives on. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import {
  exchange,
  type RawAnswer,
  requestText,
  sendAndVanish,
  sendEndlessly,
} from "../../support/raw-http.ts";
import { serversByName } from "./support/servers.ts";

const mebibyte = 1_048_576;

/** The largest bodies, in MiB. */
const limits = { "control API": 1, "Event Grid": 4, "telemetry sink": 16, issuer: 1 } as const;

for (const [name, mostMebibytes] of Object.entries(limits)) {
  describe(`The ${name} and requests that nobody should send`, async () => {
    const server = await serversByName[name as keyof typeof limits]();
    after(server.close);
    const { url, reading, writing } = server;
    const { host } = new URL(url);
    const head = { host, "content-type": "application/json" };
    const ask = (line: string, body = ""): Promise<RawAnswer> =>
      exchange(url, requestText(line, head, body));
    const isAlive = async (): Promise<boolean> => (await ask(reading)).status === 200;

    it("refuses a body that is too large with 413", async () => {
      const { status, headers, body } = await ask(
        writing,
        " ".repeat(mostMebibytes * mebibyte + 1),
      );
      assert.equal(status, 413);
      assert.match(body, /bytes/);
      assert.equal(headers.get("connection"), "close");
      assert.ok(await isAlive());
    });

    it("refuses a body without an end with 413, and reads no more than a while of it", async () => {
      const { status, sentBytes } = await sendEndlessly(url, writing);
      assert.equal(status, 413);
      assert.ok(sentBytes < 128 * mebibyte, `${sentBytes} bytes`);
      assert.ok(await isAlive());
    });

    it("lives on when a client goes away in the middle of a request", async () => {
      const whole = requestText(writing, head, "x".repeat(1_000));
      for (const bytes of [whole.slice(0, 20), whole.slice(0, -500)]) {
        await sendAndVanish(url, bytes);
        assert.ok(await isAlive());
      }
    });

    it("lives on when a client does not wait for the answer", async () => {
      await sendAndVanish(url, requestText(reading, head));
      assert.ok(await isAlive());
    });

    it("answers what is no request with 400", async () => {
      const [, path = ""] = reading.split(" ");
      for (const bytes of [
        `GET ${path}\r\n\r\n`,
        `GET ${path} HTTP/9.9\r\nHost: ${host}\r\n\r\n`,
        `G(T ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
        `GET ${path} HTTP/1.1\r\n\r\n`,
        `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: many\r\n\r\n`,
        `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n`,
      ])
        assert.equal((await exchange(url, bytes)).status, 400, bytes);
      assert.ok(await isAlive());
    });

    it("takes the target of a request in all of its forms", async () => {
      const [method = "", path = ""] = reading.split(" ");
      const { status, body } = await ask(`${method} http://${host}${path}`);
      assert.deepEqual([status, body], [200, (await ask(reading)).body]);
      assert.equal((await ask(`${method} http://attacker.example${path}`)).status, 403);
      for (const target of ["*", "ftp://127.0.0.1/", "http://", "//", "/%", "/%zz/%", "/\xff"])
        assert.ok([400, 404].includes((await ask(`${method} ${target}`)).status), target);
      assert.ok(await isAlive());
    });
  });
}
