/**
 * What people wrote does not travel through processes: the Functions host rewrites texts that look like dates in what its
 * triggers hand over (azure-functions-host issue 7114), and Durable Functions parses what orchestrators are told.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { localKeys } from "../../scripts/local-azure.ts";
import { signalFrom } from "../../src/modules/transfer/transfer-news.ts";
import { readIntegrationEvent } from "../../src/modules/account/read-integration-event.ts";
import type { Json } from "../support/client.ts";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { subscribeToAll, type Subscriber } from "../support/subscriber.ts";
import { transfersOf } from "../support/transfers.ts";

const { client, control, eventGridUrl, functionsUrl } = await startLocalSystem();
const transfers = transfersOf(client);
const instances = durableInstancesAt(functionsUrl);
const subscriber = await subscribeToAll(eventGridUrl);
const [from, to] = [await client.accountWith("9000.00"), await client.accountWith("0")];

const note = "2026-05-01T10:00:00+02:00";
const rewritten = "2026-05-01T08:00:00+00:00";

/** Keeps what Event Grid has for the processes: what they are told is up to the test. */
const late = { kind: "delay", ms: 1e10 } as const;
await control.eventRule({ match: { subscription: "lead-transfer" }, effect: late });

const delivered = ({ events }: Subscriber, transferId: string, type: string): Promise<Json> =>
  eventually(`${type} of ${transferId}`, async () =>
    Promise.resolve(
      events.find(
        (event) =>
          event["type"] === `saldo.transfer.${type}.v1` &&
          event["subject"] === `transfers/${transferId}`,
      ),
    ),
  );

/** Hands an event to the processes as Event Grid does. */
async function deliver(event: Json): Promise<void> {
  const query = `functionName=lead-transfer&code=${localKeys.eventGridExtension}`;
  const response = await fetch(`${functionsUrl}/runtime/webhooks/EventGrid?${query}`, {
    method: "POST",
    headers: {
      "content-type": "application/cloudevents+json",
      "aeg-event-type": "Notification",
    },
    body: JSON.stringify(event),
  });
  assert.ok(response.ok, `${response.status} ${await response.text()}`);
}

const withRewrittenNote = (event: Json): Json => ({
  ...event,
  data: { ...(event["data"] as Json), note: rewritten },
});

/** An instance that somebody else has started, be it an older version of the app. */
async function start(orchestrator: string, id: string): Promise<void> {
  const path = `runtime/webhooks/durabletask/orchestrators/${orchestrator}/${id}`;
  const headers = { "x-functions-key": "master-key" };
  const response = await fetch(`${functionsUrl}/${path}`, { method: "POST", headers });
  assert.equal(response.status, 202);
}

const untilTold = (id: string, type: string, least: number): Promise<boolean> =>
  eventually(`${id} has ${least} ${type}`, async () => {
    const { historyEvents = [] } = (await instances.history(id)) ?? {};
    return historyEvents.filter(({ EventType }) => EventType === type).length >= least;
  });

for (const version of ["transfer-process-v1", "transfer-process-v2"])
  describe(`a note that looks like a date, of a transfer led by ${version}`, () => {
    test("arrives as it was written, whatever the event says that reached the process", async () => {
      const transferId = await transfers.request(from, to, "1000.00", { note });
      const asked = await delivered(subscriber, transferId, "approval_requested");
      await start(version, transferId);
      await untilTold(transferId, "TaskCompleted", 1);
      await deliver(withRewrittenNote(asked));
      await untilTold(transferId, "EventRaised", 1);
      await client.post(
        `/operator/transfers/${transferId}/approval`,
        { approver: "grace@bank.example" },
        { until: "visible" },
      );
      const approved = await delivered(subscriber, transferId, "approved");
      await deliver(withRewrittenNote(approved));
      await transfers.until(transferId, "settled");
      const { body } = await client.get(`/accounts/${to}/statement`);
      const received = (body["items"] as Json[]).find((item) => item["transferId"] === transferId);
      assert.deepEqual([received?.["type"], received?.["note"]], ["transfer_in", note]);
      await deliver(withRewrittenNote(await delivered(subscriber, transferId, "settled")));
      await instances.untilNoneRuns();
    });
  });

test("new instances neither hear nor tell what people wrote", async () => {
  const transferId = await transfers.request(from, to, "1000.00", { note: "for Zoë" });
  const asked = await delivered(subscriber, transferId, "approval_requested");
  await deliver(asked);
  await untilTold(transferId, "TaskCompleted", 1);
  await deliver(asked);
  await transfers.deny(transferId, { approver: "grace@bank.example", reason: "not by Zoë" });
  await deliver(await delivered(subscriber, transferId, "denied"));
  await instances.untilNoneRuns();
  const instance = await instances.history(transferId);
  assert.equal(instance?.name, "transfer-process-v2");
  assert.doesNotMatch(JSON.stringify(instance), /Zoë/);
});

describe("the instant that a signal tells", () => {
  const forms = {
    milliseconds: "2026-05-01T08:00:00.990Z",
    "as the host writes it": "2026-05-01T08:00:00.99Z",
    "an offset of zero": "2026-05-01T08:00:00.99+00:00",
    "another offset": "2026-05-01T10:00:00.990+02:00",
    "seven digits of a second": "2026-05-01T08:00:00.9900000Z",
  };
  for (const [form, expiresAt] of Object.entries(forms))
    test(`is the same in whatever form it comes: ${form}`, () => {
      const data = { transferId: "a-1", from: "a", to: "b", amount: "1.00", currency: "EUR" };
      const event = readIntegrationEvent({
        ...{ specversion: "1.0", id: "1", source: "/saldo/account-a", actor: "account:a" },
        ...{ type: "saldo.transfer.approval_requested.v1", subject: "transfers/a-1" },
        ...{ time: expiresAt, datacontenttype: "application/json", sequence: "0000000002" },
        ...{ traceparent: "", correlationid: "c", causationid: "c" },
        data: { ...data, isManaged: true, expiresAt },
      });
      assert.ok(event);
      const { news } = signalFrom(event) ?? assert.fail("it tells a process nothing");
      const atMs = Date.UTC(2026, 4, 1, 8, 0, 0, 990);
      assert.deepEqual(news, {
        ...{ version: 2, stage: "waiting", dueAtMs: atMs },
        transfer: {
          ...{ transferId: "a-1", from: "a", to: "b", amountE4: 10_000, currency: "EUR" },
          isManaged: true,
        },
      });
    });
});
