/** Transfers that wait: for a person, because they are large, or for their instant, because they are scheduled. */
import { describe, test } from "node:test";
import { account } from "../../domain/account/account.ts";
import type { AccountEvent, Balance } from "../../domain/account/account.messages.ts";
import { specification } from "../support/given.ts";

const given = specification(account);

const noon = "2026-01-01T12:00:00.000Z";
const nextNoon = "2026-01-02T12:00:00.000Z";
const terms = { requestedAt: noon, approvalFromE4: 1_000_0000, approvalUntil: nextNoon };

const opened: AccountEvent = {
  type: "AccountOpened",
  data: { name: "Ada", email: "ada@example.com", currency: "EUR" },
};
const frozen: AccountEvent = { type: "AccountFrozen", data: { reason: "card stolen" } };
const loaded = (amountE4: number): AccountEvent => ({
  type: "CreditsLoaded",
  data: { amountE4, feeE4: 0, currency: "EUR", balance: balance(amountE4, 0) },
});

function balance(availableE4: number, inFlightE4: number): Balance {
  return { availableE4, inFlightE4 };
}

const asked = { transferId: "father-1", from: "father", to: "son", amountE4: 1_000_0000 };
const large = { ...asked, currency: "EUR", isManaged: true } as const;
const waiting: AccountEvent = {
  type: "ApprovalRequested",
  data: { ...large, expiresAt: nextNoon, balance: balance(500_0000, 1_000_0000) },
};
const grace = { id: "grace@bank.example", accounts: [] };
const approve = {
  type: "ApproveTransfer",
  data: { transferId: "father-1", approver: grace },
} as const;
const deny = {
  type: "DenyTransfer",
  data: { transferId: "father-1", approver: grace, reason: "not known to us" },
} as const;
const cancel = { type: "CancelTransfer", data: { transferId: "father-1" } } as const;
const expire = { type: "ExpireTransfer", data: { transferId: "father-1" } } as const;
const settle = { type: "SettleTransfer", data: { transferId: "father-1" } } as const;
const approved: AccountEvent = {
  type: "TransferApproved",
  data: { ...large, approver: "grace@bank.example" },
};
const back = balance(1_500_0000, 0);

describe("a transfer of the limit or more", () => {
  const account = [opened, loaded(1_500_0000)] as const;
  test("leaves what is available and waits for a person", () => {
    given(...account)
      .when({ type: "SendCredits", data: { ...asked, terms } })
      .then(waiting);
  });
  test("needs no approval a hair below the limit", () => {
    const sent = { ...asked, amountE4: 999_9999, currency: "EUR" };
    given(...account)
      .when({ type: "SendCredits", data: { ...asked, amountE4: 999_9999, terms } })
      .then({ type: "CreditsSent", data: { ...sent, balance: balance(500_0001, 999_9999) } });
  });
  test("waits at whatever limit the house has set", () => {
    const strict = { ...terms, approvalFromE4: 1 };
    const data = { ...large, amountE4: 1, expiresAt: nextNoon, balance: balance(1_499_9999, 1) };
    given(...account)
      .when({ type: "SendCredits", data: { ...asked, amountE4: 1, terms: strict } })
      .then({ type: "ApprovalRequested", data });
  });
  test("is refused at once without the funds", () => {
    given(opened)
      .when({ type: "SendCredits", data: { ...asked, terms } })
      .thenRejected("insufficient_funds");
  });
});

describe("deciding about a transfer that waits", () => {
  const pending = [opened, loaded(1_500_0000), waiting] as const;
  test("approving lets it go on, and remembers who did", () => {
    given(...pending)
      .when(approve)
      .then(approved);
  });
  test("denying gives the sender the money back, and remembers who and why", () => {
    const data = { ...large, approver: grace.id, reason: "not known to us", balance: back };
    given(...pending)
      .when(deny)
      .then({ type: "TransferDenied", data });
  });
  test("the sender can take it back", () => {
    given(...pending)
      .when(cancel)
      .then({ type: "TransferCancelled", data: { ...large, balance: back } });
  });
  test("it expires, and the money is back", () => {
    given(...pending)
      .when(expire)
      .then({ type: "TransferExpired", data: { ...large, balance: back } });
  });
  for (const accounts of [["father"], ["son"]])
    test(`nobody decides about a transfer of their own: ${accounts.join()}`, () => {
      const approver = { id: "ada@example.com", accounts };
      given(...pending)
        .when({ type: "ApproveTransfer", data: { ...approve.data, approver } })
        .thenRejected("approver_is_party");
      given(...pending)
        .when({ type: "DenyTransfer", data: { ...deny.data, approver } })
        .thenRejected("approver_is_party");
    });
  test("nothing leaves a frozen account by an approval, but the money may come back", () => {
    given(...pending, frozen)
      .when(approve)
      .thenRejected("account_frozen");
    given(...pending, frozen)
      .when(cancel)
      .then({ type: "TransferCancelled", data: { ...large, balance: back } });
  });
  const ends: readonly [string, AccountEvent][] = [
    ["approved", approved],
    [
      "denied",
      { type: "TransferDenied", data: { ...large, approver: "x", reason: "y", balance: back } },
    ],
    ["cancelled", { type: "TransferCancelled", data: { ...large, balance: back } }],
    ["expired", { type: "TransferExpired", data: { ...large, balance: back } }],
  ];
  for (const [what, end] of ends)
    test(`once it is ${what}, whoever comes second is refused, and expiring changes nothing`, () => {
      const ended = given(...pending, end);
      ended.when(approve).thenRejected("transfer_not_pending");
      ended.when(deny).thenRejected("transfer_not_pending");
      ended.when(cancel).thenRejected("transfer_not_pending");
      ended.when(expire).thenNothing();
    });
  test("of a transfer that never was is refused", () => {
    given(opened).when(approve).thenRejected("transfer_not_pending");
  });
  test("an approved one is settled like any other", () => {
    given(...pending, approved)
      .when(settle)
      .then({ type: "TransferSettled", data: { ...large, balance: balance(500_0000, 0) } });
  });
  test("an account with a transfer that waits cannot be closed", () => {
    const all: AccountEvent = {
      type: "ApprovalRequested",
      data: { ...large, expiresAt: nextNoon, balance: balance(0, 1_000_0000) },
    };
    given(opened, loaded(1_000_0000), all)
      .when({ type: "CloseAccount", data: {} })
      .thenRejected("account_not_empty");
  });
});

describe("a scheduled transfer", () => {
  const small = { ...asked, amountE4: 30_0000, currency: "EUR", isManaged: true } as const;
  const scheduled: AccountEvent = {
    type: "TransferScheduled",
    data: { ...small, scheduledFor: nextNoon },
  };
  const start = { type: "StartTransfer", data: { transferId: "father-1", terms } } as const;
  const request = { ...asked, amountE4: 30_0000, scheduledFor: nextNoon, terms };
  test("moves nothing yet, and needs no funds yet", () => {
    given(opened).when({ type: "SendCredits", data: request }).then(scheduled);
  });
  test("for an instant that has passed is refused", () => {
    given(opened)
      .when({ type: "SendCredits", data: { ...request, scheduledFor: noon } })
      .thenRejected("instant_has_passed");
  });
  for (const [scheduledFor, requestedAt] of [
    ["2026-01-01T12:00:36Z", "2026-01-01T12:00:36.307Z"],
    ["2026-01-01T12:00:36Z", "2026-01-01T12:00:36.000Z"],
    ["2026-01-01T13:00:36.000+01:00", "2026-01-01T12:00:36.307Z"],
  ] as const)
    test(`for ${scheduledFor} has passed at ${requestedAt}, whatever their texts`, () => {
      const late = { ...request, scheduledFor, terms: { ...terms, requestedAt } };
      given(opened).when({ type: "SendCredits", data: late }).thenRejected("instant_has_passed");
    });
  test("for a later instant is accepted, whatever their texts", () => {
    const scheduledFor = "2026-01-01T12:00:00.001Z";
    const early = { ...terms, requestedAt: "2026-01-01T12:00:00Z" };
    given(opened)
      .when({ type: "SendCredits", data: { ...request, scheduledFor, terms: early } })
      .then({ type: "TransferScheduled", data: { ...small, scheduledFor } });
  });
  test("can be withdrawn until it starts", () => {
    given(opened, scheduled).when(cancel).then({ type: "TransferWithdrawn", data: small });
  });
  test("starts when its instant has come", () => {
    given(opened, loaded(100_0000), scheduled)
      .when(start)
      .then({ type: "CreditsSent", data: { ...small, balance: balance(70_0000, 30_0000) } });
  });
  test("waits for a person from there, if it is large", () => {
    const planned: AccountEvent = {
      type: "TransferScheduled",
      data: { ...large, scheduledFor: nextNoon },
    };
    given(opened, loaded(1_500_0000), planned).when(start).then(waiting);
  });
  test("fails without the funds: nothing moves, and the sender is told why", () => {
    given(opened, scheduled)
      .when(start)
      .then({ type: "ScheduledTransferFailed", data: { ...small, reason: "insufficient_funds" } });
  });
  test("fails from a frozen account", () => {
    given(opened, loaded(100_0000), scheduled, frozen)
      .when(start)
      .then({ type: "ScheduledTransferFailed", data: { ...small, reason: "account_frozen" } });
  });
  test("that was withdrawn does not start", () => {
    given(opened, loaded(100_0000), scheduled, { type: "TransferWithdrawn", data: small })
      .when(start)
      .thenNothing();
  });
  test("cannot be withdrawn once it has started", () => {
    const started: AccountEvent = {
      type: "CreditsSent",
      data: { ...small, balance: balance(70_0000, 30_0000) },
    };
    given(opened, loaded(100_0000), scheduled, started)
      .when(cancel)
      .thenRejected("transfer_not_pending");
  });
});
