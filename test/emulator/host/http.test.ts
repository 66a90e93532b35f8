import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request as openRequest } from "node:http";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import type { LogEntry } from "../../../emulator/host/index.ts";
import { startApp, type AppProcess } from "./support/app-process.ts";

const isErrorWith = ({ level, message }: LogEntry, text: string): boolean =>
  level === "error" && message.includes(text);

describe("the host's HTTP functions", () => {
  let app: AppProcess;
  before(async () => {
    app = await startApp({ fixture: "http-app", settings: { OVERRIDDEN: "yes" } });
  });
  after(() => app.stop());

  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${app.url}/v1${path}`, init);
  const json = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> =>
    (await (await get(path, init)).json()) as Record<string, unknown>;

  describe("routes", () => {
    const cases: readonly [string, string, Record<string, string>][] = [
      ["/cards/blocked", "literal", {}],
      ["/CARDS/Blocked", "literal", {}],
      ["/cards/42", "integer", { number: "42" }],
      ["/cards/99999999999", "parameter", { name: "99999999999" }],
      ["/cards/Anna%20B", "parameter", { name: "Anna B" }],
      ["/cards/a%2Fb", "parameter", { name: "a%2Fb" }],
      ["/codes/abc", "short", { code: "abc" }],
      ["/pages", "optional", {}],
      ["/pages/", "optional", {}],
      ["/pages/7", "optional", { page: "7" }],
      ["/files", "rest", {}],
      ["/files/a/b/c.txt", "rest", { path: "a/b/c.txt" }],
      ["/from-setting", "setting", {}],
    ];
    for (const [path, name, params] of cases) {
      it(`give GET ${path} to the function "${name}"`, async () => {
        assert.deepEqual(await json(path), { function: name, params });
      });
    }

    it("are the function's name where none is given", async () => {
      assert.equal(await (await get("/nameAsRoute")).text(), "by name");
    });

    it("choose the function by the method", async () => {
      assert.equal(await (await get("/methods", { method: "PUT" })).text(), "PUT");
      assert.equal(await (await get("/methods", { method: "DELETE" })).text(), "DELETE");
    });

    it("answer 404 for an unknown path, method or prefix and a value no constraint accepts", async () => {
      assert.equal((await get("/unknown")).status, 404);
      assert.equal((await get("/cards")).status, 404);
      assert.equal((await get("/codes/abcd")).status, 404);
      assert.equal((await get("/methods")).status, 404);
      assert.equal((await get("/nameAsRoute", { method: "HEAD" })).status, 404);
      assert.equal((await fetch(`${app.url}/api/nameAsRoute`)).status, 404);
    });
  });

  describe("keys", () => {
    const statuses = async (level: string): Promise<number[]> => {
      const path = `/secured/${level}`;
      const withKey = (key: string): RequestInit => ({ headers: { "x-functions-key": key } });
      const answers = [
        get(path),
        get(path, withKey("wrong")),
        get(path, withKey("function-key")),
        get(`${path}?code=function-key`),
        get(path, withKey("master-key")),
      ];
      return (await Promise.all(answers)).map(({ status }) => status);
    };

    it("are not asked for at level anonymous", async () => {
      assert.deepEqual(await statuses("anonymous"), [204, 204, 204, 204, 204]);
    });

    it("of any name open level function, by header or query", async () => {
      assert.deepEqual(await statuses("function"), [401, 401, 204, 204, 204]);
    });

    it("named master alone open level admin", async () => {
      assert.deepEqual(await statuses("admin"), [401, 401, 401, 401, 204]);
    });
  });

  describe("requests", () => {
    it("carry url, query, headers and app settings to the handler", async () => {
      const described = await json("/describe?a=1&a=2&b=%C3%A4", { headers: { "X-CUSTOM": "é!" } });
      assert.equal(described["url"], `${app.url}/v1/describe?a=1&a=2&b=%C3%A4`);
      assert.deepEqual(described["query"], [
        ["a", "1,2"],
        ["b", "ä"],
      ]);
      assert.equal(described["header"], "é!");
      assert.deepEqual(described["settings"], ["from the sample", "yes"]);
      assert.equal(described["hostname"], new URL(app.url).host);
      assert.equal(described["functionName"], "describe");
    });

    it("carry names that every object inherits as any other, in query, headers and settings", async () => {
      const query = "constructor=1&toString=2&__proto__=3&valueOf=4&toString=5";
      const headers = { constructor: "6", authorization: "none" };
      const described = await json(`/describe?${query}`, { headers });
      assert.deepEqual(described["query"], [
        ["constructor", "1"],
        ["toString", "2,5"],
        ["__proto__", "3"],
        ["valueOf", "4"],
      ]);
      assert.equal(described["constructorHeader"], "6");
      assert.equal(described["inherited"], "set");
    });

    it("carry repeated headers joined by commas, cookies by semicolons", async () => {
      const repeated = ["authorization: Bearer a", "authorization: Bearer b", "x-m: 1", "x-m: 2"];
      const answer = await rawGet(app.url, "/v1/headers", [
        ...repeated,
        "cookie: a=1",
        "cookie: b=2",
      ]);
      assert.deepEqual(answer, {
        authorization: "Bearer a,Bearer b",
        "x-m": "1,2",
        cookie: "a=1; b=2",
      });
    });

    it("have no span of the host unless it sends telemetry", async () => {
      const headers = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
      const { traceParent, traceState } = await json("/describe", { headers });
      assert.deepEqual([traceParent, traceState], ["", ""]);
    });

    it("carry any bytes there and back", async () => {
      const body = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
      const answer = await get("/echo", { method: "POST", body });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.get("x-length"), "70000");
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), body);
    });

    it("arrive without their body when it comes in chunks, as in Azure", async () => {
      const body = new Blob(["lost"]).stream();
      const answer = await get("/echo", { method: "POST", body, duplex: "half" });
      assert.equal(answer.headers.get("x-length"), "0");
      await app.until(() => app.logs.some(({ message }) => message.includes("came in chunks")));
    });

    it("longer than 100 MB are refused unread", async () => {
      const status = await new Promise((resolve, reject) => {
        const sent = openRequest(`${app.url}/v1/echo`, {
          method: "POST",
          headers: { "content-length": 104_857_601 },
        });
        sent.on("response", ({ statusCode }) => {
          resolve(statusCode);
          sent.destroy();
        });
        sent.on("error", reject);
        sent.flushHeaders();
      });
      assert.equal(status, 413);
    });
  });

  describe("answers", () => {
    it("set cookies", async () => {
      assert.deepEqual((await get("/cookies")).headers.getSetCookie(), [
        "plain=a%20b; path=/",
        "full=1; expires=Wed, 02 Jan 2030 03:04:05 GMT; max-age=60; domain=example.org; path=/x; " +
          "secure; samesite=lax; httponly",
      ]);
    });

    it("to HEAD have no body", async () => {
      const answer = await get("/head", { method: "HEAD" });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("x-seen"), "yes");
      assert.equal(await answer.text(), "");
    });

    it("are an empty 200 when the handler returns nothing", async () => {
      const answer = await get("/nothing");
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), "");
    });

    it("are an empty 500 when the handler throws or returns no response, and the log tells why", async () => {
      for (const [path, why] of [
        ["/throwing", "on purpose"],
        ["/wrong", "must be an object"],
      ] as const) {
        const answer = await get(path);
        assert.equal(answer.status, 500);
        assert.equal(await answer.text(), "");
        await app.until(() => app.logs.some((log) => isErrorWith(log, why)));
      }
    });
  });

  it("run two at a time, let two more wait and refuse the fifth with 429", async () => {
    const answers = Array.from({ length: 5 }, () => get("/wait"));
    assert.equal((await Promise.race(answers)).status, 429);
    await app.until(() => app.seen("waiting").length === 2);
    app.order({ kind: "proceed", what: "first two" });
    await app.until(() => app.seen("waiting").length === 4);
    app.order({ kind: "proceed", what: "last two" });
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [200, 200, 200, 200, 429]);
  });

  it("answer a preflight from an origin of Host.CORS, and no other", async () => {
    const preflight = (origin: string): Promise<Response> =>
      get("/describe", {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "GET",
          "access-control-request-headers": "x-custom",
        },
      });
    const allowed = await preflight("http://admin.example");
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers.get("access-control-allow-origin"), "http://admin.example");
    assert.equal(allowed.headers.get("access-control-allow-headers"), "x-custom");
    assert.equal((await preflight("http://elsewhere.example")).status, 404);
  });

  describe("administration", () => {
    const master = { headers: { "x-functions-key": "master-key" } };

    it("wants the master key, except for a ping", async () => {
      assert.equal((await fetch(`${app.url}/admin/host/ping`)).status, 200);
      assert.equal((await fetch(`${app.url}/admin/host/status`)).status, 401);
      const status = await fetch(`${app.url}/admin/host/status`, master);
      const { state } = (await status.json()) as { readonly state: string };
      assert.equal(state, "Running");
    });

    it("lists the functions", async () => {
      const answer = await fetch(`${app.url}/admin/functions`, master);
      assert.deepEqual(await answer.json(), app.functions);
      assert.ok(
        app.functions.some(({ name, trigger }) => name === "echo" && trigger === "httpTrigger"),
      );
    });

    it("does not run HTTP functions by hand, nor unknown ones", async () => {
      const run = (name: string): Promise<Response> =>
        fetch(`${app.url}/admin/functions/${name}`, { ...master, method: "POST", body: "{}" });
      assert.equal((await run("echo")).status, 400);
      assert.equal((await run("unknown")).status, 404);
    });
  });
});

/** The JSON answered to a request with these header lines, which `fetch` would join. */
async function rawGet(url: string, path: string, lines: readonly string[]): Promise<unknown> {
  const headers = lines.flatMap((line) => line.split(": "));
  const request = openRequest(url + path, { headers: ["host", new URL(url).host, ...headers] });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return JSON.parse(await text(response)) as unknown;
}
