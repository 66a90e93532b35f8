/**
 * One operation from a client's POST to the last reaction: across both change feeds, Event Grid, the webhook, a person and
 * the process manager. Read from what the app has really sent.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { approveAtDesk } from "../support/admin-desk.ts";
import { type Answer, nobody } from "../support/client.ts";
import { startLocalSystem } from "../support/local-system.ts";
import {
  assertTree,
  call,
  namesIn,
  nothing,
  plainTransfer,
  sendCredits,
  type Tree,
} from "../support/span-tree.ts";
import { newTrace, type SentSpan, telemetryAt } from "../support/telemetry.ts";
import { transfersOf } from "../support/transfers.ts";

const system = await startLocalSystem({ telemetryPort: 0 });
const { client, adminUrl, control } = system;
const telemetry = telemetryAt(system.telemetryUrl);
const transfers = transfersOf(client);
await telemetry.caughtUp(client);

type Trace = ReturnType<typeof newTrace>;

async function send(amount: string, trace: Trace, has = "5000.00"): Promise<Answer> {
  const [from, to] = [await client.accountWith(has), await client.accountWith("0")];
  const headers = { traceparent: trace.traceparent };
  return client.post(`/accounts/${from}/transfers`, { to, amount }, { headers });
}

/** Waits until the spans of the tree are there; then they are all there are. */
async function assertTrace(trace: Trace, expected: Tree): Promise<readonly SentSpan[]> {
  const spans = await telemetry.spansWith(trace.traceId, namesIn(expected));
  assertTree(spans, trace.spanId, expected);
  return spans;
}

describe("one trace leads from the client's request to everything that follows", () => {
  test("of a plain transfer: both streams, both feeds, and what Event Grid tells", async () => {
    const trace = newTrace();
    const sent = await send("25.00", trace);
    assert.equal(sent.body["reached"], "settled");
    const spans = await assertTrace(trace, plainTransfer);
    const handled = spans.find(({ name }) => name === "handle SendCredits");
    assert.equal(handled?.attributes["saldo.command_id"], sent.body["commandId"]);
    assert.equal(handled?.attributes["saldo.outcome"], "accepted");
    assert.deepEqual(
      spans.filter(({ isFailed }) => isFailed),
      [],
    );
  });

  test("of a large one: through the webhook, a person, and the process", async () => {
    const trace = newTrace();
    const sent = await send("2500.00", trace);
    const transferId = String(sent.body["resource"]).replace("/api/transfers/", "");
    await approveAtDesk(adminUrl, transferId);
    await transfers.until(transferId, "settled");
    const settle: Tree = {
      "project TransferSettled": nothing,
      "publish TransferSettled": {
        "react count-revenue": nothing,
        "react lead-transfer": nothing,
        "hear settled": nothing,
      },
    };
    const receive: Tree = {
      "project CreditsReceived": { "handle SettleTransfer": settle },
      "publish CreditsReceived": { "react notify-owners": nothing },
    };
    const approve: Tree = {
      "project TransferApproved": nothing,
      "publish TransferApproved": {
        "react notify-owners": nothing,
        "react lead-transfer": { "issue ReceiveCredits": { "handle ReceiveCredits": receive } },
        "hear approved": nothing,
      },
    };
    const approval = call(
      "approve-transfer",
      "POST /api/operator/transfers/{transferId}/approval",
      { "handle ApproveTransfer": approve },
    );
    const expected = call(...sendCredits, {
      "handle SendCredits": {
        "project ApprovalRequested": nothing,
        "publish ApprovalRequested": {
          "react notify-owners": nothing,
          "react lead-transfer": nothing,
          "hear approval_requested": { "decide approval": approval },
        },
      },
    });
    await assertTrace(trace, expected);
  });

  test("of a rejected one: the rule that said no stands in its span, and nothing has failed", async () => {
    const trace = newTrace();
    const sent = await send("25.00", trace, "10.00");
    assert.equal(sent.body["status"], "rejected");
    const expected = call(...sendCredits, {
      "handle SendCredits": {
        "project rejection": nothing,
        "publish rejection": { "react notify-owners": nothing },
      },
    });
    const spans = await assertTrace(trace, expected);
    const handled = spans.find(({ name }) => name === "handle SendCredits");
    assert.equal(handled?.attributes["saldo.outcome"], "rejected");
    assert.equal(handled.attributes["saldo.code"], "insufficient_funds");
    assert.deepEqual(
      spans.filter(({ isFailed }) => isFailed),
      [],
    );
  });
});

describe("a trace", () => {
  test("shows what has failed and why, and the next attempt", async () => {
    const account = await client.accountWith("0");
    await control.fault({
      match: { operation: "create", container: "events" },
      effect: { kind: "status", status: 503 },
      times: 1,
    });
    const trace = newTrace();
    const headers = { traceparent: trace.traceparent };
    await client.post(`/accounts/${account}/loads`, { amount: "1.00" }, { headers });
    const names = ["handle LoadCredits", "handle LoadCredits", "publish CreditsLoaded"];
    const spans = await telemetry.spansWith(trace.traceId, names);
    const [first, second] = spans.filter(({ name }) => name === "handle LoadCredits");
    assert.deepEqual([first?.isFailed, second?.isFailed], [true, false]);
    const exceptions = await telemetry.exceptions(trace.traceId);
    assert.deepEqual(
      exceptions.map(({ spanId, type }) => [spanId, type]),
      [[first?.spanId, "PlatformFault"]],
    );
    assert.match(exceptions[0]?.message ?? "", /^Cosmos DB: /);
  });

  test("is sent also if the client's own was not to be sampled", async () => {
    const trace = newTrace("00");
    await client.get(`/accounts/${nobody}`, { traceparent: trace.traceparent });
    const names = ["show-account", "GET /api/accounts/{accountId}"];
    const spans = await telemetry.spansWith(trace.traceId, names);
    assertTree(spans, trace.spanId, call("show-account", "GET /api/accounts/{accountId}"));
    assert.equal(spans.find(({ name }) => name === "show-account")?.code, "404");
  });

  test("begins at the door for a client that has none, and is found by the command's id", async () => {
    const opened = await client.post("/accounts", {
      name: "Ada",
      email: "ada@example.com",
      currency: "EUR",
    });
    const commandId = String(opened.body["commandId"]);
    const traceId = await telemetry.traceWith(`saldo.command_id=${commandId}`);
    const expected = call("open-account", "POST /api/accounts", {
      "handle OpenAccount": { "project AccountOpened": nothing, "publish AccountOpened": nothing },
    });
    const spans = await telemetry.spansWith(traceId, namesIn(expected));
    assertTree(spans, "", expected);
    const requests = spans.filter(({ kind, code }) => kind === "request" && code !== "0");
    assert.deepEqual(
      requests.map(({ name, code }) => [name, code]),
      [["open-account", "200"]],
    );
  });

  test("begins anew where the client's is malformed", async () => {
    const trace = newTrace();
    const traceparent = trace.traceparent.toUpperCase();
    const sent = await client.post(
      "/accounts",
      { name: "Ada", email: "ada@example.com", currency: "EUR" },
      { headers: { traceparent } },
    );
    assert.equal(sent.status, 200);
    await telemetry.traceWith(`saldo.command_id=${String(sent.body["commandId"])}`);
    assert.deepEqual(await telemetry.spans(trace.traceId), []);
  });
});
