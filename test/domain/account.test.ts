import { describe, test } from "node:test";
import { account } from "../../domain/account/account.ts";
import type { AccountEvent } from "../../domain/account/account.messages.ts";
import { mostTransfersInFlight } from "../../domain/account/account.transfers.ts";
import { largestAmountE4 } from "../../domain/kernel/money.ts";
import { specification } from "../support/given.ts";

const given = specification(account);

const person = { name: "Ada", email: "ada@example.com", currency: "EUR" };
const opened: AccountEvent = { type: "AccountOpened", data: person };
const terms = {
  requestedAt: "2026-01-01T12:00:00.000Z",
  approvalFromE4: 1_000_0000,
  approvalUntil: "2026-01-02T12:00:00.000Z",
};
const frozen: AccountEvent = { type: "AccountFrozen", data: { reason: "card stolen" } };
const closed: AccountEvent = { type: "AccountClosed", data: {} };
const loaded = (availableE4: number): AccountEvent => ({
  type: "CreditsLoaded",
  data: {
    amountE4: availableE4,
    feeE4: 0,
    currency: "EUR",
    balance: { availableE4, inFlightE4: 0 },
  },
});
const asked = { transferId: "father-1", from: "father", to: "son", amountE4: 30_0000 };
const sending = { ...asked, currency: "EUR" };
const sent: AccountEvent = {
  type: "CreditsSent",
  data: { ...sending, balance: { availableE4: 70_0000, inFlightE4: 30_0000 } },
};
const send = { type: "SendCredits", data: { ...asked, terms } } as const;
const receive = { type: "ReceiveCredits", data: sending } as const;
const settle = { type: "SettleTransfer", data: { transferId: "father-1" } } as const;
const giveBack = {
  type: "RefundTransfer",
  data: { transferId: "father-1", reason: "receiver_closed" },
} as const;
const close = { type: "CloseAccount", data: {} } as const;
const freeze = { type: "FreezeAccount", data: { reason: "card stolen" } } as const;
const unfreeze = { type: "UnfreezeAccount", data: { reason: "found again" } } as const;
const load = (amountE4: number) => ({ type: "LoadCredits", data: { amountE4 } }) as const;

describe("opening an account", () => {
  test("opens it with nothing in it", () => {
    given().when({ type: "OpenAccount", data: person }).then(opened);
  });
  test("is refused for an account that was opened before", () => {
    given(opened).when({ type: "OpenAccount", data: person }).thenRejected("account_already_open");
  });
});

describe("loading credits", () => {
  test("takes the fee of 0.02 % from the loaded amount", () => {
    const balance = { availableE4: 99_9800, inFlightE4: 0 };
    given(opened)
      .when(load(100_0000))
      .then({
        type: "CreditsLoaded",
        data: { amountE4: 100_0000, feeE4: 200, currency: "EUR", balance },
      });
  });
  test("is possible while the account is frozen", () => {
    const balance = { availableE4: 9_9980, inFlightE4: 0 };
    given(opened, frozen)
      .when(load(10_0000))
      .then({
        type: "CreditsLoaded",
        data: { amountE4: 10_0000, feeE4: 20, currency: "EUR", balance },
      });
  });
  test("is refused for an account that does not exist", () => {
    given().when(load(1)).thenRejected("account_not_found");
  });
  test("is refused for a closed account", () => {
    given(opened, closed).when(load(1)).thenRejected("account_closed");
  });
  test("is refused when the balance would become too large", () => {
    given(opened, loaded(largestAmountE4)).when(load(1)).thenRejected("balance_too_large");
  });
});

describe("sending credits", () => {
  test("takes the amount from what is available and puts it in flight", () => {
    given(opened, loaded(100_0000)).when(send).then(sent);
  });
  test("can empty the account", () => {
    const balance = { availableE4: 0, inFlightE4: 30_0000 };
    given(opened, loaded(30_0000))
      .when(send)
      .then({ type: "CreditsSent", data: { ...sending, balance } });
  });
  test("twice by the same transfer happens once", () => {
    given(opened, loaded(100_0000), sent).when(send).thenNothing();
  });
  test("is refused without an account", () => {
    given().when(send).thenRejected("account_not_found");
  });
  test("is refused from a closed account, before anything else is looked at", () => {
    given(opened, closed)
      .when({ ...send, data: { ...send.data, to: "father" } })
      .thenRejected("account_closed");
  });
  test("is refused from a frozen account, even with enough in it", () => {
    given(opened, loaded(100_0000), frozen).when(send).thenRejected("account_frozen");
  });
  test("to oneself is refused", () => {
    given(opened, loaded(100_0000))
      .when({ ...send, data: { ...send.data, to: "father" } })
      .thenRejected("receiver_is_sender");
  });
  test("of more than is available is refused", () => {
    given(opened, loaded(29_9999)).when(send).thenRejected("insufficient_funds");
  });
  test("is refused while too many transfers are on their way", () => {
    const many = Array.from({ length: mostTransfersInFlight }, (_, index): AccountEvent => {
      const balance = { availableE4: 1_000_0000 - index, inFlightE4: index };
      const data = {
        ...sending,
        transferId: `father-x${index}`,
        amountE4: 1,
        balance,
      };
      return { type: "CreditsSent", data };
    });
    given(opened, ...many)
      .when(send)
      .thenRejected("too_many_transfers_in_flight");
  });
});

describe("receiving credits", () => {
  const received = (availableE4: number): AccountEvent => ({
    type: "CreditsReceived",
    data: { ...sending, balance: { availableE4, inFlightE4: 0 } },
  });
  const declined = (
    reason: "receiver_not_found" | "receiver_closed" | "currency_mismatch" | "balance_too_large",
  ): AccountEvent => ({
    type: "CreditsDeclined",
    data: { ...sending, reason },
  });
  test("adds them to what is available", () => {
    given(opened).when(receive).then(received(30_0000));
  });
  test("is possible while the account is frozen", () => {
    given(opened, frozen).when(receive).then(received(30_0000));
  });
  test("is declined by an account that does not exist", () => {
    given().when(receive).then(declined("receiver_not_found"));
  });
  test("is declined by a closed account", () => {
    given(opened, closed).when(receive).then(declined("receiver_closed"));
  });
  test("is declined by an account in another currency", () => {
    given(opened)
      .when({ ...receive, data: { ...receive.data, currency: "USD" } })
      .then({
        type: "CreditsDeclined",
        data: { ...sending, currency: "USD", reason: "currency_mismatch" },
      });
  });
  test("is declined when the balance would become too large", () => {
    given(opened, loaded(largestAmountE4)).when(receive).then(declined("balance_too_large"));
  });
});

describe("ending a transfer", () => {
  const inFlight = [opened, loaded(100_0000), sent] as const;
  const settled: AccountEvent = {
    type: "TransferSettled",
    data: { ...sending, balance: { availableE4: 70_0000, inFlightE4: 0 } },
  };
  const refunded: AccountEvent = {
    type: "TransferRefunded",
    data: {
      ...sending,
      reason: "receiver_closed",
      balance: { availableE4: 100_0000, inFlightE4: 0 },
    },
  };
  test("settling takes it out of flight", () => {
    given(...inFlight)
      .when(settle)
      .then(settled);
  });
  test("refunding gives the sender the money back", () => {
    given(...inFlight)
      .when(giveBack)
      .then(refunded);
  });
  test("refunding works even if the sender was frozen meanwhile", () => {
    given(...inFlight, frozen)
      .when(giveBack)
      .then(refunded);
  });
  test("settling again changes nothing", () => {
    given(...inFlight, settled)
      .when(settle)
      .thenNothing();
  });
  test("a settled transfer cannot be refunded", () => {
    given(...inFlight, settled)
      .when(giveBack)
      .thenNothing();
  });
  test("a refunded transfer cannot be settled", () => {
    given(...inFlight, refunded)
      .when(settle)
      .thenNothing();
  });
});

describe("freezing and closing", () => {
  test("an open account can be frozen", () => {
    given(opened).when(freeze).then(frozen);
  });
  test("freezing a frozen account changes nothing", () => {
    given(opened, frozen).when(freeze).thenNothing();
  });
  test("a frozen account can be unfrozen", () => {
    given(opened, frozen)
      .when(unfreeze)
      .then({ type: "AccountUnfrozen", data: { reason: "found again" } });
  });
  test("unfreezing an open account changes nothing", () => {
    given(opened).when(unfreeze).thenNothing();
  });
  test("a closed account can be neither frozen nor unfrozen", () => {
    given(opened, closed).when(freeze).thenRejected("account_closed");
    given(opened, closed).when(unfreeze).thenRejected("account_closed");
  });
  test("an empty account can be closed", () => {
    given(opened).when(close).then(closed);
  });
  test("closing again changes nothing", () => {
    given(opened, closed).when(close).thenNothing();
  });
  test("an account with credits cannot be closed", () => {
    given(opened, loaded(1)).when(close).thenRejected("account_not_empty");
  });
  test("an account with a transfer on its way cannot be closed", () => {
    const all: AccountEvent = {
      type: "CreditsSent",
      data: { ...sending, balance: { availableE4: 0, inFlightE4: 30_0000 } },
    };
    given(opened, loaded(30_0000), all).when(close).thenRejected("account_not_empty");
  });
  test("a frozen account cannot be closed by its owner", () => {
    given(opened, frozen).when(close).thenRejected("account_frozen");
  });
});
