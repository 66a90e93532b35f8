import fc from "fast-check";
import type { AccountCommand } from "../../domain/account/account.messages.ts";
import { transferIdOf } from "../../domain/account/transfer-id.ts";

/** Few accounts, so that they meet; one in another currency and one that is never opened. */
export const accountIds = ["ada", "bob", "cat", "dan"] as const;

const amountE4 = fc.oneof(
  fc.integer({ min: 1, max: 2_000_0000 }),
  fc.constantFrom(1, 499_9999, 500_0000, 500_0001, 999_9999, 1_000_0000),
);
/** 1 000.00 and more wait for a person, for a day at most. */
export const terms = {
  requestedAt: daysAfter(0),
  approvalFromE4: 1_000_0000,
  approvalUntil: daysAfter(1),
};

function daysAfter(days: number): string {
  return new Date(1_700_000_000_000 + days * 24 * 3_600_000).toISOString();
}

const reason = fc.constant("a reason");

/** Any command that a client or an operator may send to an account. */
export const clientCommand = (accountId: string, commandId: string): fc.Arbitrary<AccountCommand> =>
  fc.oneof(
    {
      arbitrary: amountE4.map((amount): AccountCommand => ({
        type: "LoadCredits",
        data: { amountE4: amount },
      })),
      weight: 4,
    },
    {
      arbitrary: fc
        .tuple(fc.constantFrom(...accountIds), amountE4, fc.option(fc.nat(100), { freq: 4 }))
        .map(([to, amount, daysAhead]): AccountCommand => ({
          type: "SendCredits",
          data: {
            transferId: transferIdOf(accountId, commandId),
            from: accountId,
            to,
            amountE4: amount,
            ...(daysAhead === null ? {} : { scheduledFor: daysAfter(daysAhead) }),
            terms,
          },
        })),
      weight: 6,
    },
    fc.constant<AccountCommand>({ type: "CloseAccount", data: {} }),
    reason.map((text): AccountCommand => ({ type: "FreezeAccount", data: { reason: text } })),
    reason.map((text): AccountCommand => ({ type: "UnfreezeAccount", data: { reason: text } })),
    fc.constantFrom("EUR", "USD").map((currency): AccountCommand => ({
      type: "OpenAccount",
      data: { name: accountId, email: `${accountId}@example.com`, currency },
    })),
  );

/** Whatever people may say about a transfer: approvers, some of them parties to it, and its sender. */
export const verdictOn = (transferId: string): fc.Arbitrary<AccountCommand> => {
  const approver = fc
    .subarray([...accountIds])
    .map((accounts) => ({ id: "grace@bank.example", accounts }));
  return fc.oneof(
    approver.map((by): AccountCommand => ({
      type: "ApproveTransfer",
      data: { transferId, approver: by },
    })),
    approver.map((by): AccountCommand => ({
      type: "DenyTransfer",
      data: { transferId, approver: by, reason: "not known to us" },
    })),
    fc.constant<AccountCommand>({ type: "CancelTransfer", data: { transferId } }),
  );
};

/** Any command at all, those of a transfer's later steps included, even where they make no sense. */
export const anyCommand = (accountId: string, commandId: string): fc.Arbitrary<AccountCommand> => {
  const transferId = fc.constantFrom("ada-1", "bob-2", transferIdOf(accountId, commandId));
  return fc.oneof(
    clientCommand(accountId, commandId),
    transferId.chain((id) => verdictOn(id)),
    transferId.map((id): AccountCommand => ({
      type: "StartTransfer",
      data: { transferId: id, terms },
    })),
    transferId.map((id): AccountCommand => ({ type: "ExpireTransfer", data: { transferId: id } })),
    transferId.map((id): AccountCommand => ({ type: "SettleTransfer", data: { transferId: id } })),
    transferId.map((id): AccountCommand => ({
      type: "RefundTransfer",
      data: { transferId: id, reason: "receiver_closed" },
    })),
    fc.tuple(transferId, amountE4).map(([id, amount]): AccountCommand => ({
      type: "ReceiveCredits",
      data: { transferId: id, from: "zoe", to: accountId, amountE4: amount, currency: "EUR" },
    })),
  );
};
