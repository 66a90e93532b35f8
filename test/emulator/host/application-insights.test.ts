import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { openChannel } from "../../../emulator/host/application-insights/channel.ts";
import { createSampler } from "../../../emulator/host/application-insights/sampling.ts";
import { eventually } from "../../support/eventually.ts";
import { givenSink, type Sink } from "../telemetry/support/sink.ts";
import { startApp, type AppProcess } from "./support/app-process.ts";

type Span = {
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind: string;
  readonly service: string;
  readonly instance: string;
  readonly code: string;
  readonly detail: string;
  readonly isFailed: boolean;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
};

type Log = {
  readonly kind: string;
  readonly spanId: string;
  readonly severity: number;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
};

const sink = await givenSink({ after });

type Trace = { readonly spans: readonly Span[]; readonly logs: readonly Log[] };

const traceId = "0af7651916cd43dd8448eb211c80319c";
const clientSpan = "b7ad6b7169203331";

async function traceWith(
  sink: Sink,
  id: string,
  isComplete: (trace: Trace) => boolean,
): Promise<Trace> {
  return eventually(`the trace ${id} is complete`, async () => {
    const { status, body } = await sink.get(`/traces/${id}`);
    return status === 200 && isComplete(body as Trace) && (body as Trace);
  });
}

const hasRequest = ({ spans }: Trace): boolean => spans.length > 0;

describe("a host with a connection string of Application Insights", () => {
  let app: AppProcess;
  before(async () => {
    const settings = {
      APPLICATIONINSIGHTS_CONNECTION_STRING: sink.connectionString,
      WEBSITE_CLOUD_ROLENAME: "the-app",
    };
    app = await startApp({ fixture: "http-app", name: "the-instance", settings });
  });
  after(() => app.stop());

  /** What the function saw as its trace context. */
  const call = async (path: string, traceparent?: string): Promise<string[]> => {
    const headers = traceparent === undefined ? {} : { traceparent };
    const answer = await fetch(`${app.url}/v1${path}`, { headers });
    const { traceParent } = (await answer.json()) as { traceParent: string };
    return traceParent.split("-");
  };
  const lastTrace = async (name: string): Promise<string> =>
    eventually(`a trace is named ${name}`, async () => {
      const { body } = await sink.get(`/traces?name=${name}&limit=1`);
      return (body["traces"] as { traceId: string }[])[0]?.traceId;
    });

  it("records a request for each HTTP call, below the caller's span and around the function's", async () => {
    const id = "1af7651916cd43dd8448eb211c80319c";
    const [version, trace, spanId, flags] = await call(
      "/describe?secret=1",
      `00-${id}-${clientSpan}-01`,
    );
    assert.deepEqual([version, trace, flags], ["00", id, "01"]);
    const { spans } = await traceWith(sink, id, hasRequest);
    assert.equal(spans.length, 1);
    const [span = assert.fail()] = spans;
    assert.equal(span.spanId, spanId);
    assert.equal(span.parentId, clientSpan);
    assert.deepEqual([span.kind, span.name, span.code], ["request", "describe", "200"]);
    assert.deepEqual([span.service, span.instance], ["the-app", "the-instance"]);
    assert.equal(span.detail, `${app.url}/v1/describe`);
    assert.equal(span.isFailed, false);
    assert.ok(span.durationMs > 0);
    const { InvocationId, FunctionExecutionTimeMs, ProcessId, ...others } = span.attributes;
    assert.match(InvocationId ?? "", /^[0-9a-f-]{36}$/);
    assert.ok(Number(FunctionExecutionTimeMs) > 0 && Number(ProcessId) > 0);
    assert.deepEqual(others, {
      Category: "Host.Results",
      LogLevel: "Information",
      FullName: "Functions.describe",
      HostInstanceId: "the-instance",
      HttpMethod: "GET",
      HttpPath: "/v1/describe",
    });
  });

  it("begins an operation without a caller's span, and sends its log in the same", async () => {
    const [, id = "", spanId] = await call("/unavailable");
    const isComplete = (trace: Trace): boolean =>
      trace.spans.length === 1 && trace.logs.length === 3;
    const { spans, logs } = await traceWith(sink, id, isComplete);
    const [request = assert.fail()] = spans;
    assert.deepEqual([request.parentId, request.spanId], ["", spanId]);
    // The function has done its work, whatever it answers.
    assert.deepEqual([request.code, request.isFailed], ["503", false]);
    assert.deepEqual(
      logs.map(({ severity, message }) => [severity, message.replace(/\(.*/, "")]),
      [
        [1, "Executing 'Functions.unavailable' "],
        [2, "not now"],
        [1, "Executed 'Functions.unavailable' "],
      ],
    );
    for (const log of logs) {
      assert.equal(log.spanId, spanId);
      assert.equal(log.attributes["InvocationId"], request.attributes["InvocationId"]);
    }
    assert.equal(logs[1]?.attributes["Category"], "Function.unavailable.User");
  });

  it("records an invocation that fails as such, with what was thrown", async () => {
    assert.equal((await fetch(`${app.url}/v1/throwing`)).status, 500);
    const id = await lastTrace("throwing");
    const thrown = ({ logs }: Trace): Log | undefined =>
      logs.find(({ kind }) => kind === "exception");
    const trace = await traceWith(sink, id, (found) => thrown(found) !== undefined);
    const [request = assert.fail()] = trace.spans;
    assert.deepEqual([request.code, request.isFailed], ["500", true]);
    assert.equal(thrown(trace)?.message, "on purpose");
    assert.equal(thrown(trace)?.spanId, request.spanId);
  });

  it("continues what the real host continues, and begins anew with the rest", async () => {
    const continued = [`00-${traceId}-${clientSpan}-01`, `cc-${traceId}-${clientSpan}-01`];
    for (const traceparent of continued) {
      const [version, id] = await call("/describe", traceparent);
      assert.deepEqual([version, id], ["00", traceId], traceparent);
    }
    for (const traceparent of [
      `cc-${traceId}-${clientSpan}-01-more-to-come`,
      `00-${traceId}-${clientSpan}-01-more`,
      `00-${traceId}-0000000000000000-01`,
      `00-${"0".repeat(32)}-${clientSpan}-01`,
      `00-${traceId.toUpperCase()}-${clientSpan}-01`,
      `ff-${traceId}-${clientSpan}-01`,
      `00-${traceId}-${clientSpan}`,
      "x",
    ]) {
      const [version, id] = await call("/describe", traceparent);
      assert.equal(version, "00");
      assert.match(id ?? "", /^[0-9a-f]{32}$/);
      assert.ok(id !== traceId && id !== "0".repeat(32), traceparent);
    }
  });

  it("records an event in a trace of its own that is linked to the event's", async (t) => {
    const directory = new URL("../event-grid/fixtures/handler-app", import.meta.url).pathname;
    const settings = { APPLICATIONINSIGHTS_CONNECTION_STRING: sink.connectionString };
    const grid = await startApp({ directory, settings });
    t.after(() => grid.stop());
    const traceparent = `00-${traceId}-${clientSpan}-01`;
    const event = { id: "1", type: "Placed", source: "/x", specversion: "1.0", traceparent };
    const url = `${grid.url}/runtime/webhooks/EventGrid?functionName=handle&code=system-key`;
    const headers = { "aeg-event-type": "Notification" };
    await fetch(url, { method: "POST", headers, body: JSON.stringify(event) });
    const id = await lastTrace("handle");
    assert.notEqual(id, traceId);
    const { spans } = await traceWith(sink, id, hasRequest);
    const [request = assert.fail()] = spans;
    assert.deepEqual([request.name, request.code, request.detail], ["handle", "0", ""]);
    assert.equal(request.parentId, "");
    assert.deepEqual(request.links, [{ traceId, spanId: clientSpan }]);
  });
});

describe("sampling by the host", () => {
  const settings = (types: readonly ("Request" | "Trace")[], isEnabled = true) => ({
    isEnabled,
    maxTelemetryItemsPerSecond: 20,
    types: new Set(types),
  });
  const operationId = (seed: string): string => createHash("md5").update(seed).digest("hex");
  /** How many of so many operations are kept. */
  const kept = (sample: ReturnType<typeof createSampler>, count: number, seed = ""): number =>
    Array.from({ length: count }, (_, index) =>
      sample("Trace", operationId(`${seed}${index}`)),
    ).filter((percentage) => percentage !== undefined).length;

  it("keeps all of few items, and about so many a second of many", () => {
    let nowMs = 0;
    const sample = createSampler(settings(["Trace"]), () => nowMs);
    assert.equal(kept(sample, 20), 20);
    for (let second = 1; second < 5; second += 1) {
      nowMs = second * 1000;
      const count = kept(sample, 1_000, `${second}-`);
      assert.ok(count < 120, `${count} in second ${second}`);
    }
    nowMs = 100_000;
    assert.equal(kept(sample, 20), 20);
  });

  it("keeps or leaves out whole operations, and says how many each item stands for", () => {
    const sample = createSampler(settings(["Trace"]), () => 1_000);
    kept(sample, 400);
    const ids = Array.from({ length: 200 }, (_, index) => operationId(String(index)));
    const found = ids.filter((id) => sample("Trace", id) !== undefined);
    assert.ok(found.length > 0 && found.length < 50, `${found.length} of 200`);
    // The share only shrinks within a second: what is left out stays so, and so do those of low score.
    const again = ids.filter((id) => sample("Trace", id) !== undefined);
    assert.deepEqual(
      again,
      found.filter((id) => again.includes(id)),
    );
    const percentage = sample("Trace", again[0] ?? "") ?? 0;
    assert.ok(percentage > 0 && percentage <= 5, `${percentage} %`);
  });

  it("leaves alone types that are excluded, and everything where it is off", () => {
    const excluded = createSampler(settings(["Request"]), () => 1_000);
    assert.equal(kept(excluded, 1_000), 1_000);
    const off = createSampler(settings(["Trace"], false), () => 1_000);
    assert.equal(kept(off, 1_000), 1_000);
  });
});

describe("the host's channel", () => {
  it("sends again what an endpoint could not take, and says so once", async (t) => {
    const bodies: string[] = [];
    const statuses = [503, 503, 200];
    const server = createServer((request: IncomingMessage, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        response.writeHead(statuses[bodies.length - 1] ?? 200).end("{}");
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => server.close());
    const warnings: string[] = [];
    const { port } = server.address() as AddressInfo;
    const channel = openChannel({
      endpoint: `http://127.0.0.1:${port}/v2/track`,
      warn: (message) => warnings.push(message),
    });
    channel.add("1");
    channel.add("2");
    await eventually("the third attempt", () => Promise.resolve(bodies.length === 3));
    await channel.close();
    assert.deepEqual(bodies, ["1\n2", "1\n2", "1\n2"]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /cannot be sent: .* answered 503/);
  });

  it("sends what waits before it ends, and says what is refused", async (t) => {
    const sink = await givenSink(t);
    const warnings: string[] = [];
    const endpoint = `${sink.url}/v2/track`;
    const channel = openChannel({ endpoint, warn: (message) => warnings.push(message) });
    channel.add('{"time":"never"}');
    await channel.close();
    assert.match(warnings.join(), /refused: 400 .*not a valid date/);
  });
});
