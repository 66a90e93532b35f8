import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agree } from "./support/endpoint.ts";
import { openGridWorld, webhook } from "./support/grid.ts";

type Validation = {
  readonly eventType: string;
  readonly topic: string;
  readonly data: { readonly validationCode: string; readonly validationUrl: string };
};

const cloud = { eventDeliverySchema: "CloudEventSchemaV1_0" } as const;

describe("the handshake", () => {
  it("asks a webhook for the code it sends, at each creation and update", async (test) => {
    const { grid, endpoint, topic, subscribe } = await openGridWorld(test);
    await subscribe();
    await subscribe();
    assert.equal(endpoint.handshakes.length, 2);
    const [{ method, headers, text } = assert.fail()] = endpoint.handshakes;
    assert.equal(method, "POST");
    assert.equal(headers["aeg-event-type"], "SubscriptionValidation");
    assert.equal(headers["aeg-subscription-name"], "HOOK");
    const [event, ...others] = JSON.parse(text) as [Validation];
    assert.deepEqual(others, []);
    assert.equal(event.eventType, "Microsoft.EventGrid.SubscriptionValidationEvent");
    assert.equal(event.topic, topic.resourceId);
    assert.deepEqual(
      grid.subscriptions.list().map(({ state }) => state),
      ["Succeeded"],
    );
  });

  for (const [what, reply] of [
    ["another code", { status: 200, body: '{"validationResponse":"wrong"}' }],
    ["202", { status: 202, body: "" }],
    ["an error", { status: 500 }],
  ] as const) {
    it(`fails when the webhook answers ${what}`, async (test) => {
      const { grid, endpoint, subscribe } = await openGridWorld(test);
      endpoint.replyToHandshake(() => reply);
      await assert.rejects(subscribe(), { status: 400, message: /handshake failed/ });
      assert.deepEqual(grid.subscriptions.list(), []);
    });
  }

  it("fails when nobody is there", async (test) => {
    const { subscribe } = await openGridWorld(test);
    const destination = webhook({ url: "http://127.0.0.1:1/" });
    await assert.rejects(subscribe({ destination }), /gave no answer/);
  });

  it("is ended by opening the validationUrl within ten minutes; until then nothing is sent", async (test) => {
    const { grid, endpoint, subscribe, publish, counts, untilCounts } = await openGridWorld(test);
    endpoint.replyToHandshake(() => ({ status: 200 }));
    await subscribe();
    const stateOf = (): string | undefined => grid.subscriptions.list()[0]?.state;
    assert.equal(stateOf(), "AwaitingManualAction");
    await publish("1");
    assert.equal(counts().matched, 0);
    const [event] = JSON.parse(endpoint.handshakes[0]?.text ?? "") as [Validation];
    assert.equal((await fetch(event.data.validationUrl)).status, 200);
    assert.equal(stateOf(), "Succeeded");
    assert.equal((await fetch(event.data.validationUrl)).status, 404, "only once");
    await publish("2");
    await untilCounts(({ delivered }) => delivered === 1);
    assert.deepEqual(endpoint.ids(), ["2"]);
  });

  it("has failed when the validationUrl was not opened in time", async (test) => {
    const { grid, clock, endpoint, subscribe } = await openGridWorld(test);
    endpoint.replyToHandshake(() => ({ status: 200 }));
    await subscribe();
    clock.advance(10 * 60_000);
    assert.equal(grid.subscriptions.list()[0]?.state, "Failed");
    const [event] = JSON.parse(endpoint.handshakes[0]?.text ?? "") as [Validation];
    assert.equal((await fetch(event.data.validationUrl)).status, 404);
    assert.equal(grid.subscriptions.list()[0]?.state, "Failed");
  });

  it("asks once more when there is no answer within 30 seconds", async (test) => {
    const { clock, endpoint, subscribe } = await openGridWorld(test);
    const never = Promise.withResolvers<{ status: number }>();
    endpoint.replyToHandshake((request) =>
      endpoint.handshakes.length === 1 ? never.promise : agree(request),
    );
    const subscribed = subscribe();
    await endpoint.until(() => endpoint.handshakes.length === 1);
    clock.advance(30_000);
    // The pause before the second time begins a moment after.
    const moving = setInterval(() => {
      clock.advance(5_000);
    }, 1);
    await endpoint.until(() => endpoint.handshakes.length === 2);
    clearInterval(moving);
    await subscribed;
  });

  it("for CloudEvents asks for permission with OPTIONS", async (test) => {
    const { endpoint, subscribe, publish, untilCounts } = await openGridWorld(test);
    await subscribe(cloud);
    const [{ method, path, headers } = assert.fail()] = endpoint.handshakes;
    assert.equal(`${method} ${path}`, "OPTIONS /hook");
    assert.equal(headers["webhook-request-origin"], "eventgrid.azure.net");
    endpoint.replyToHandshake(() => ({ status: 200, headers: { "webhook-allowed-origin": "*" } }));
    await subscribe(cloud);
    await publish("1");
    await untilCounts(({ delivered }) => delivered === 1);
  });

  it("for CloudEvents fails without permission for this origin", async (test) => {
    const { endpoint, subscribe } = await openGridWorld(test);
    for (const headers of [{}, { "webhook-allowed-origin": "elsewhere.example" }]) {
      endpoint.replyToHandshake(() => ({ status: 200, headers }));
      await assert.rejects(subscribe(cloud), /WebHook-Allowed-Origin/);
    }
  });

  it("that fails at an update leaves the subscription as it was", async (test) => {
    const { grid, endpoint, subscribe, publish, untilCounts } = await openGridWorld(test);
    await subscribe();
    endpoint.replyToHandshake(() => ({ status: 500 }));
    await assert.rejects(subscribe({ retryPolicy: { maxDeliveryAttempts: 1 } }));
    assert.equal(grid.subscriptions.list()[0]?.definition.retryPolicy, undefined);
    await publish("1");
    await untilCounts(({ delivered }) => delivered === 1);
  });
});
