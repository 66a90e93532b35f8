import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpHandler } from "../../../src/platform/http/exchange.ts";
import { traced } from "../../../src/platform/http/traced.ts";
import { contextIn, traceparentFrom } from "../../../src/platform/trace-context.ts";

const ids = "5c1f0a9be3d24c6f8a7b6e5d4c3b2a19-9f8e7d6c5b4a3921";

describe("a caller's traceparent", () => {
  test("is continued, in the version that we write, if its own or a later version says which", () => {
    for (const [header, context] of [
      [`00-${ids}-01`, `00-${ids}-01`],
      [`00-${ids}-00`, `00-${ids}-00`],
      [`cc-${ids}-01`, `00-${ids}-01`],
      [`cc-${ids}-01-more-to-come`, `00-${ids}-01`],
    ] as const) {
      assert.equal(contextIn(header), context, header);
      assert.equal(traceparentFrom(header), context, header);
    }
  });

  test("begins a trace if it is none", () => {
    for (const header of [
      null,
      "",
      "x",
      `ff-${ids}-01`,
      `00-${ids}-01-more`,
      `cc-${ids}-01more`,
      `00-${ids.toUpperCase()}-01`,
      `00-${ids}`,
      `00-${"0".repeat(32)}-9f8e7d6c5b4a3921-01`,
      `cc-5c1f0a9be3d24c6f8a7b6e5d4c3b2a19-${"0".repeat(16)}-01`,
    ]) {
      assert.equal(contextIn(header), undefined, header ?? "none");
      const begun = traceparentFrom(header);
      assert.match(begun, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      assert.notEqual(begun.slice(3, 35), ids.slice(0, 32));
    }
  });
});

describe("a handler that is traced, while nothing records", () => {
  const host = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const seenBy = async (header: string | null, traceParent?: string): Promise<unknown> => {
    let seen: unknown;
    const handler: HttpHandler = (request) => {
      seen = request.headers.get("Traceparent");
      return Promise.resolve({ status: 200, headers: {}, body: "" });
    };
    const request = {
      url: "http://localhost/api/x",
      params: {},
      query: new URLSearchParams(),
      headers: { get: (name: string) => (name.toLowerCase() === "traceparent" ? header : null) },
      text: () => Promise.resolve(""),
    };
    await traced(
      "GET",
      "x",
      handler,
    )(request, { error: () => undefined, traceContext: { traceParent } });
    return seen;
  };

  test("stands below the host's span, not beside it below the caller's", async () => {
    assert.equal(await seenBy(`00-${ids}-01`, host), host);
    assert.equal(await seenBy(null, host), host);
  });

  test("stands below the caller's span if the host has none", async () => {
    assert.equal(await seenBy(`cc-${ids}-01-more`, ""), `00-${ids}-01`);
    assert.equal(await seenBy(`00-${ids}-01`), `00-${ids}-01`);
    assert.equal(await seenBy(null, ""), null);
  });
});
