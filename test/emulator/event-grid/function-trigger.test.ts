import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { startApp, type AppProcess } from "../host/support/app-process.ts";
import { recordedTexts } from "../host/support/recorded-texts.ts";
import { openGridWorld, order } from "./support/grid.ts";

type Called = {
  readonly event: Readonly<Record<string, unknown>>;
  readonly functionName: string;
  readonly triggerMetadata: Readonly<Record<string, unknown>>;
};

const directory = new URL("fixtures/handler-app", import.meta.url).pathname;

describe("the Event Grid trigger", () => {
  let app: AppProcess;
  let seenBefore = 0;
  before(async () => {
    app = await startApp({ directory, settings: { TZ: "UTC" } });
  });
  after(() => app.stop());
  beforeEach(() => {
    seenBefore = app.seen("called").length;
  });

  const called = (): readonly Called[] => app.seen("called").slice(seenBefore) as Called[];
  const urlOf = (name: string, key = "system-key"): string =>
    `${app.url}/runtime/webhooks/EventGrid?functionName=${name}&code=${key}`;
  const post = (body: unknown, eventType = "Notification", url = urlOf("handle")) =>
    fetch(url, {
      method: "POST",
      headers: { "aeg-event-type": eventType },
      body: JSON.stringify(body),
    });

  it("answers the validation of either schema", async () => {
    const data = { validationCode: "the-code", validationUrl: "http://elsewhere.example" };
    const eventType = "SubscriptionValidation";
    const ofArray = await post([{ id: "1", data }], eventType);
    assert.equal(ofArray.status, 200);
    assert.deepEqual(await ofArray.json(), { validationResponse: "the-code" });
    const ofCloudEvent = await post({ id: "1", data: JSON.stringify(data) }, eventType);
    assert.deepEqual(await ofCloudEvent.json(), { validationResponse: "the-code" });
    assert.deepEqual(called(), []);
  });

  it("gives permission to the origin of Event Grid, whoever asks", async () => {
    for (const [asked, allowed] of [
      ["eventgrid.azure.us", "eventgrid.azure.us"],
      ["elsewhere.example", "eventgrid.azure.net"],
    ] as const) {
      const headers = { "webhook-request-origin": asked };
      const answer = await fetch(urlOf("handle"), { method: "OPTIONS", headers });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("webhook-allowed-origin"), allowed);
    }
  });

  it("calls the function once for each event, with its data as metadata", async () => {
    const events = ["1", "2"].map((id) => ({ id, eventType: "Placed", data: { amount: id } }));
    assert.equal((await post(events)).status, 202);
    const calls = called().toSorted((a, b) =>
      String(a.event["id"]).localeCompare(String(b.event["id"])),
    );
    assert.deepEqual(
      calls.map(({ event }) => event),
      events,
    );
    assert.deepEqual(
      calls.map(({ triggerMetadata }) => triggerMetadata["data"]),
      [{ amount: "1" }, { amount: "2" }],
    );
    assert.equal(calls[0]?.functionName, "handle");
  });

  it("hands over texts that look like dates as Newtonsoft writes them", async () => {
    const data = { texts: recordedTexts.map(([stored]) => stored) };
    const event = { id: "1", eventType: "Placed", eventTime: "2026-05-01T10:00:00.9900000Z", data };
    assert.equal((await post([event])).status, 202);
    const [{ event: arrived, triggerMetadata } = assert.fail()] = called();
    const rewritten = { texts: recordedTexts.map(([, handedOver]) => handedOver) };
    assert.deepEqual(arrived["data"], rewritten);
    assert.equal(arrived["eventTime"], "2026-05-01T10:00:00.99Z");
    assert.deepEqual(triggerMetadata["data"], rewritten);
  });

  it("answers 500 for a date that .NET cannot represent, and calls nothing", async () => {
    const answer = await post([{ id: "1", data: { note: "9999-12-31T24:00:00" } }]);
    assert.equal(answer.status, 500);
    assert.deepEqual(called(), []);
  });

  it("takes a single CloudEvent", async () => {
    const event = { id: "1", type: "Placed", source: "/x", specversion: "1.0" };
    assert.equal((await post(event)).status, 202);
    assert.deepEqual(
      called().map((call) => call.event),
      [event],
    );
  });

  it("answers 500 for all events when one call fails, yet calls it for all", async () => {
    const answer = await post([
      { id: "1", data: { fail: true } },
      { id: "2", data: {} },
    ]);
    assert.equal(answer.status, 500);
    assert.equal(await answer.text(), "Exception while executing function: Functions.handle");
    assert.equal(called().length, 2);
  });

  it("refuses a missing or wrong key, and a key that is not the system's", async () => {
    for (const key of ["", "wrong", "function-key"]) {
      assert.equal((await post([], "Notification", urlOf("handle", key))).status, 401);
    }
    assert.equal((await post([], "Notification", urlOf("handle", "master-key"))).status, 202);
    assert.equal((await fetch(`${app.url}/api/open?code=system-key`)).status, 401);
    assert.equal((await fetch(`${app.url}/api/open?code=function-key`)).status, 204);
  });

  it("knows no function of another name, of another kind, or disabled", async () => {
    for (const name of ["unknown", "open", "sleeping", "HANDLE"]) {
      const answer = await post([], "Notification", urlOf(name));
      assert.equal(answer.status, 404);
      assert.equal(await answer.text(), `cannot find function: '${name}'`);
    }
  });

  it("acknowledges an unsubscription and refuses what it does not know", async () => {
    assert.equal((await post([], "Unsubscribe")).status, 202);
    assert.equal((await post([], "Something")).status, 400);
  });

  it("is run by hand with the text of an event", async () => {
    const answer = await fetch(`${app.url}/admin/functions/handle`, {
      method: "POST",
      headers: { "x-functions-key": "master-key" },
      body: JSON.stringify({ input: JSON.stringify({ id: "by hand" }) }),
    });
    assert.equal(answer.status, 202);
    await app.until(() => called().length === 1);
    assert.deepEqual(called()[0]?.event, { id: "by hand" });
  });

  for (const eventDeliverySchema of ["EventGridSchema", "CloudEventSchemaV1_0"] as const) {
    it(`is called by a subscription that delivers in the ${eventDeliverySchema}`, async (test) => {
      const { client, subscribe, untilCounts } = await openGridWorld(test);
      await subscribe({
        destination: {
          endpointType: "AzureFunction",
          properties: { endpointUrl: urlOf("handle") },
        },
        eventDeliverySchema,
      });
      await client.send([order("1"), order("2")]);
      await untilCounts(({ delivered }) => delivered === 2);
      assert.deepEqual(
        called()
          .map(({ event }) => event["id"])
          .toSorted(),
        ["1", "2"],
      );
    });
  }

  it("does not agree to a subscription for a function it does not have", async (test) => {
    const { subscribe } = await openGridWorld(test);
    const endpointUrl = urlOf("unknown");
    const destination = { endpointType: "AzureFunction", properties: { endpointUrl } } as const;
    await assert.rejects(subscribe({ destination }), /handshake failed.*404/);
  });
});
