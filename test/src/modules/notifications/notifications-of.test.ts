/** Who is told what about each event. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { IntegrationEventType } from "../../../../src/modules/account/integration-events.ts";
import {
  type Notification,
  notificationsOf,
} from "../../../../src/modules/notifications/notifications-of.ts";
import { ada, bob, eventOf, eventTypes, sampleData } from "../../../support/reactions.ts";

type Told = Pick<Notification, "accountId" | "type" | "text" | "reason">;

const told: Partial<Record<IntegrationEventType, Told>> = {
  "saldo.transfer.received.v1": {
    accountId: bob,
    type: "credits_received",
    text: "You have received 25.50 EUR.",
  },
  "saldo.transfer.approval_requested.v1": {
    accountId: ada,
    type: "transfer_awaiting_approval",
    text: "Your transfer of 25.50 EUR is waiting for approval.",
  },
  "saldo.transfer.approved.v1": {
    accountId: ada,
    type: "transfer_approved",
    text: "Your transfer of 25.50 EUR has been approved.",
  },
  "saldo.transfer.denied.v1": {
    accountId: ada,
    type: "transfer_denied",
    text: "Your transfer of 25.50 EUR was denied; the money is back with you.",
    reason: "unusual",
  },
  "saldo.transfer.expired.v1": {
    accountId: ada,
    type: "transfer_expired",
    text: "Nobody approved your transfer of 25.50 EUR in time; the money is back with you.",
  },
  "saldo.transfer.refunded.v1": {
    accountId: ada,
    type: "transfer_refunded",
    text: "Your transfer of 25.50 EUR could not be delivered; the money is back with you.",
    reason: "receiver_closed",
  },
  "saldo.transfer.failed.v1": {
    accountId: ada,
    type: "transfer_failed",
    text: "Your scheduled transfer of 25.50 EUR could not be started.",
    reason: "insufficient_funds",
  },
  "saldo.command.rejected.v1": {
    accountId: ada,
    type: "request_rejected",
    text: "Your request was rejected: the available balance is too small.",
    reason: "insufficient_funds",
  },
};

describe("the notifications", () => {
  for (const type of eventTypes)
    test(`of ${type} are ${told[type] === undefined ? "none" : told[type].type}`, () => {
      const { [type]: expected } = told;
      const found = notificationsOf(eventOf(type));
      if (expected === undefined) {
        assert.deepEqual(found, []);
        return;
      }
      const isTransfer = type !== "saldo.command.rejected.v1";
      const { transferId, amount, currency } = sampleData["saldo.transfer.sent.v1"];
      const counterparty = expected.accountId === ada ? bob : ada;
      const about = isTransfer ? { transferId, amount, currency, counterparty } : {};
      const [{ id, ...rest } = assert.fail()] = found;
      assert.equal(found.length, 1);
      assert.match(id, /^[0-9a-z]{20}$/);
      assert.deepEqual(rest, { ...expected, ...about, at: "2026-01-31T12:00:00.000Z" });
    });

  test("tell why, if an approver said so", () => {
    const event = eventOf("saldo.transfer.approved.v1", { data: { reason: "known to us" } });
    assert.deepEqual(
      notificationsOf(event).map(({ reason }) => reason),
      ["known to us"],
    );
  });

  for (const actor of ["operator", "approver:grace@bank.example", "process:transfer"])
    test(`of a rejection to ${actor} are none of the owner's business`, () => {
      assert.deepEqual(notificationsOf(eventOf("saldo.command.rejected.v1", { actor })), []);
    });

  test("have the same id whenever the event comes, and another for another event", () => {
    const idOf = (version: number): string | undefined =>
      notificationsOf(eventOf("saldo.transfer.received.v1", { version }))[0]?.id;
    assert.equal(idOf(1), idOf(1));
    assert.notEqual(idOf(1), idOf(2));
  });
});
