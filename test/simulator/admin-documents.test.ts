import assert from "node:assert/strict";
import { test } from "node:test";
import { readAdminTransfer } from "../../simulator/approvers/admin-documents.ts";

const shown = {
  transferId: "some-transfer",
  from: "sender",
  fromName: null,
  to: "receiver",
  toName: null,
  amount: "2500.00",
  currency: "EUR",
  note: null,
  status: "cancelled",
  requestedAt: null,
  expiresAt: null,
  decidedBy: null,
  decidedAt: "2026-01-31T12:00:00.000Z",
  reason: null,
};

test("a transfer whose end is known before its beginning is read as it is", () => {
  const { status, requestedAt } = readAdminTransfer(JSON.stringify(shown));
  assert.deepEqual({ status, requestedAt }, { status: "cancelled", requestedAt: undefined });
});

test("one that waits since nobody knows when is a breach of the contract", () => {
  const waiting = JSON.stringify({ ...shown, status: "waiting" });
  assert.throws(() => readAdminTransfer(waiting), /requestedAt is not a text but absent/);
});
