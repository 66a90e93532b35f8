import assert from "node:assert/strict";
import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { connect as connectSocket } from "node:net";
import { describe, test } from "node:test";
import { emulatorOnly, signature, useAccount } from "./support.ts";

const mebibyte = 1024 * 1024;

/**
 * What anybody who reaches the port can send, without a key. The test runner reports unhandled
 * rejections and exceptions of the emulator as failures.
 */
describe("The HTTP server", { skip: emulatorOnly }, () => {
  const account = useAccount();

  const isServing = async (): Promise<void> => {
    const { status } = await fetch(`${account.emulated.endpoint}/`);
    assert.equal(status, 401);
  };

  for (const size of [3, 9, 40]) {
    test(`answers 413 to a body of ${size} MiB without a key, and goes on`, async () => {
      const body = "x".repeat(size * mebibyte);
      for (const path of ["/", "/dbs", "/dbs/a/colls/b/docs", "/nothing"]) {
        const answer = await fetch(account.emulated.endpoint + path, { method: "POST", body });
        assert.equal(answer.status, 413);
        const { code } = (await answer.json()) as { code: string };
        assert.equal(code, "RequestEntityTooLarge");
      }
      await isServing();
    });
  }

  test("answers 400 to a body that is not text, such as a batch in a binary format", async () => {
    const body = new Uint8Array([0x81, 0x46, 0xff, 0xff, 0x7f]);
    const answer = await fetch(`${account.emulated.endpoint}/dbs`, { method: "POST", body });
    assert.equal(answer.status, 400);
    assert.match(((await answer.json()) as { message: string }).message, /HybridRow/);
    await isServing();
  });

  test("answers 413 to a chunked body without an end, and breaks the connection", async () => {
    const sending = post(account.emulated.endpoint);
    const chunk = "x".repeat(mebibyte);
    const write = (): void => {
      while (!sending.destroyed && sending.write(chunk));
    };
    sending.on("drain", write);
    const answer = await new Promise<IncomingMessage | undefined>((resolve) => {
      sending.on("response", resolve);
      // The kernel may drop an answer to a request that is still being sent.
      sending.on("error", () => {
        resolve(undefined);
      });
      write();
    });
    assert.ok(answer === undefined || answer.statusCode === 413);
    sending.destroy();
    await isServing();
  });

  test("survives clients that leave while they send, wait or read", async () => {
    const { endpoint } = account.emulated;
    for (const body of ["x", "x".repeat(mebibyte), "x".repeat(9 * mebibyte)]) {
      const sending = post(endpoint, { "content-length": String(20 * mebibyte) });
      await new Promise((resolve) => sending.write(body, resolve));
      await leave(sending);
      await isServing();
    }
    const waiting = post(endpoint);
    waiting.end("{}");
    await leave(waiting);
    await isServing();
  });

  test("answers or refuses whatever stands in a request line or a header", async () => {
    const date = new Date().toUTCString();
    const signed = `x-ms-date: ${date}\r\nauthorization: ${signature(date, "get\ndbs\n")}\r\n`;
    const cases: readonly (readonly [request: string, status: number])[] = [
      ["GET /dbs/%ff HTTP/1.1\r\n", 400],
      ["GET /dbs/%00 HTTP/1.1\r\n", 401],
      ["GET // HTTP/1.1\r\n", 401],
      ["GET /?%ff HTTP/1.1\r\n", 401],
      ["GET * HTTP/1.1\r\n", 401],
      ["GET dbs HTTP/1.1\r\n", 400],
      ["CONNECT a:1 HTTP/1.1\r\n", 0],
      ["BREW / HTTP/1.1\r\n", 400],
      ["GET / HTTP/1.1\r\nauthorization: %\r\n", 401],
      ["GET / HTTP/1.1\r\nauthorization: type=master&ver=1.0&sig=\xff\r\n", 401],
      ["GET / HTTP/1.1\r\nset-cookie: a\r\nset-cookie: b\r\n", 401],
      ["GET / HTTP/1.1\r\n__proto__: a\r\nconstructor: b\r\n", 401],
      ["GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n", 401],
      ["POST / HTTP/1.1\r\nexpect: wonders\r\n", 417],
      ["POST / HTTP/1.1\r\ncontent-length: -1\r\n", 400],
      ["POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400],
      [`GET / HTTP/1.1\r\nx: ${"x".repeat(20_000)}\r\n`, 431],
      [`GET /dbs HTTP/1.1\r\n${signed}`, 200],
      [`GET http://somewhere.example/dbs HTTP/1.1\r\n${signed}`, 200],
      [`GET http://somewhere.example HTTP/1.1\r\n`, 401],
    ];
    for (const [head, status] of cases) {
      const text = `${head}host: localhost\r\nconnection: close\r\n\r\n`;
      assert.equal(await statusOf(account.emulated.endpoint, text), status, head.slice(0, 80));
      await isServing();
    }
  });
});

function post(endpoint: string, headers: Record<string, string> = {}): ClientRequest {
  return httpRequest(`${endpoint}/dbs`, { method: "POST", headers });
}

/** Breaks the connection of a request and waits until it is closed. */
async function leave(sending: ClientRequest): Promise<void> {
  await new Promise<void>((resolve) => {
    sending.on("error", () => undefined).on("close", resolve);
    sending.destroy();
  });
}

/** The status of the answer to a request as it is on the wire; 0 if the connection is just closed. */
async function statusOf(endpoint: string, text: string): Promise<number> {
  const { hostname, port } = new URL(endpoint);
  const socket = connectSocket({ host: hostname, port: Number(port) });
  socket.write(text, "latin1");
  let answer = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) answer += chunk.toString("latin1");
  return Number(/^HTTP\/1.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}
