import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import {
  type HttpHandler,
  type HttpServerOptions,
  serveHttp,
} from "../../../emulator/shared/http/server.ts";
import { exchange, requestText } from "../../support/raw-http.ts";

async function open(
  test: TestContext,
  handle: HttpHandler,
  options: Partial<HttpServerOptions> = {},
): Promise<string> {
  const { url, close } = await serveHttp(handle, {
    port: 0,
    foreignPages: "refused",
    mostBodyBytes: 1_000,
    refuse: (status, body) => ({ status, headers: { "content-type": "text/plain" }, body }),
    ...options,
  });
  test.after(close);
  return url;
}

describe("A server of the emulator", () => {
  it("ends a request that does not arrive with 408", async (test) => {
    const ok: HttpHandler = () => Promise.resolve({ status: 200, headers: {}, body: "" });
    const url = await open(test, ok, { requestTimeoutMs: 50 });
    const whole = requestText("POST /", { host: new URL(url).host }, "1234");
    for (const half of [whole.slice(0, 10), whole.slice(0, -2)])
      assert.equal((await exchange(url, half)).status, 408, half);
  });

  it("answers 500, and goes on, when what it serves fails or answers what no header can hold", async (test) => {
    const url = await open(test, ({ path }) => {
      if (path === "/thrown") throw new Error("thrown at once");
      if (path === "/rejected") return Promise.reject(new Error("rejected"));
      const headers = { "x-broken": path === "/header" ? "a\r\nb" : "whole" };
      return Promise.resolve({ status: 200, headers, body: path });
    });
    const ask = (path: string): ReturnType<typeof exchange> =>
      exchange(url, requestText(`GET ${path}`, { host: new URL(url).host }));
    for (const path of ["/thrown", "/rejected", "/header"]) {
      const { status, body } = await ask(path);
      assert.equal(status, 500, path);
      assert.match(body, /^The emulator failed: /);
    }
    assert.equal((await ask("/well")).body, "/well");
  });

  it("keeps the connection of a client whose request was read, whatever the answer", async (test) => {
    const url = await open(test, () => Promise.resolve({ status: 404, headers: {}, body: "" }));
    const request = `GET / HTTP/1.1\r\nHost: ${new URL(url).host}\r\n`;
    const { body } = await exchange(url, `${request}\r\n${request}Connection: close\r\n\r\n`);
    assert.match(body, /^HTTP\/1\.1 404 Not Found\r\n/, "the second answer follows the first");
  });

  it("takes header names that every object inherits for what they are", async (test) => {
    const url = await open(test, ({ headers }) =>
      Promise.resolve({ status: 200, headers: {}, body: String(headers.constructor) }),
    );
    const { host } = new URL(url);
    const { body } = await exchange(url, requestText("GET /", { host, constructor: "mine" }));
    assert.equal(body, "mine");
  });
});
