/** What a subscriber believes, ignores and refuses. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { IntegrationEvent } from "../../../../src/modules/account/integration-events.ts";
import {
  reaction,
  readIntegrationEvent,
} from "../../../../src/modules/account/read-integration-event.ts";
import { eventOf, eventTypes } from "../../../support/reactions.ts";

describe("an integration event", () => {
  for (const type of eventTypes)
    test(`of type ${type} is read as it was published`, () => {
      const published = eventOf(type);
      assert.deepEqual(readIntegrationEvent(JSON.parse(JSON.stringify(published))), published);
    });

  for (const [ms, arrived] of [
    [990, "2026-01-31T12:00:00.99Z"],
    [900, "2026-01-31T12:00:00.9Z"],
    [0, "2026-01-31T12:00:00Z"],
    [123, "2026-01-31T12:00:00.123Z"],
  ] as const)
    test(`is read as it was published when the trigger hands over its instants as ${arrived}`, () => {
      const time = new Date(Date.UTC(2026, 0, 31, 12, 0, 0, ms)).toISOString();
      const published = eventOf("saldo.transfer.scheduled.v1", {
        time,
        data: { scheduledFor: time },
      });
      const { data } = published;
      const delivered = { ...published, time: arrived, data: { ...data, scheduledFor: arrived } };
      assert.deepEqual(readIntegrationEvent(delivered), published);
    });

  test("may carry more than is known here", () => {
    const event = eventOf("saldo.credits.loaded.v1");
    const wider = { ...event, tracestate: "a=b", data: { ...event.data, campaign: "spring" } };
    assert.deepEqual(readIntegrationEvent(wider), event);
  });

  for (const type of ["saldo.credits.loaded.v2", "saldo.card.issued.v1", "toString"])
    test(`of the unknown type ${type} is ignored, and the log tells`, async () => {
      const warnings: unknown[][] = [];
      const log = { warn: (...details: unknown[]) => void warnings.push(details) };
      const handled: IntegrationEvent[] = [];
      const handle = reaction("test", (event) => Promise.resolve(void handled.push(event)));
      const unknown = { ...eventOf("saldo.credits.loaded.v1"), type, data: "of another shape" };
      await handle(unknown, log);
      assert.deepEqual(handled, []);
      assert.deepEqual(
        warnings.map(([, event]) => event),
        [unknown],
      );
      await handle(eventOf("saldo.credits.loaded.v1"), log);
      assert.equal(handled.length, 1);
      assert.equal(warnings.length, 1);
    });

  const loaded = eventOf("saldo.credits.loaded.v1");
  const attributes = Object.keys(loaded) as readonly (keyof IntegrationEvent)[];
  for (const name of attributes)
    test(`without ${name} is malformed`, () => {
      const { [name]: left, ...rest } = loaded;
      assert.notEqual(left, undefined);
      assert.throws(() => readIntegrationEvent(rest), /malformed event/);
    });

  for (const [what, raw] of [
    ["that is no object", "an event"],
    ["of another specification", { ...loaded, specversion: "0.3" }],
    ["with a time that is none", { ...loaded, time: "yesterday" }],
    ["with an amount that is none", { ...loaded, data: { ...loaded.data, amount: "1e3" } }],
    ["with a negative fee", { ...loaded, data: { ...loaded.data, fee: "-0.02" } }],
    ["with data of another type", { ...loaded, type: "saldo.transfer.settled.v1" }],
  ] as const)
    test(`${what} is malformed, and its handler fails`, async () => {
      const handle = reaction("test", () => Promise.reject(new Error("must not be called")));
      const warnings: unknown[] = [];
      const warn = (...details: unknown[]): void => void warnings.push(details);
      await assert.rejects(handle(raw, { warn }), /malformed event/);
      assert.deepEqual(warnings, []);
    });
});
