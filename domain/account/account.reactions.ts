/**
 * A transfer's way from one account to another: debit → credit → settled, or → declined → refunded.
 * These are *primary reactions*: what must change a balance fast happens in the primary event handler itself.
 */
import type { Reaction, Reactor } from "../kernel/decider.ts";
import { parseStream, streamOf } from "../kernel/streams.ts";
import type { AccountCommand, AccountEvent } from "./account.ts";
import { transferIdOf, transferSteps } from "./transfer-id.ts";

function react(event: AccountEvent): readonly Reaction[] {
  switch (event.type) {
    case "CreditsSent": {
      const { balance, ...transfer } = event.data;
      const commandId = transferSteps.credit(transfer.transferId);
      return [reaction(transfer.to, commandId, { type: "ReceiveCredits", data: transfer })];
    }
    case "CreditsReceived": {
      const { transferId, from } = event.data;
      const commandId = transferSteps.settle(transferId);
      return [reaction(from, commandId, { type: "SettleTransfer", data: { transferId } })];
    }
    case "CreditsDeclined": {
      const { transferId, from, reason } = event.data;
      const commandId = transferSteps.refund(transferId);
      return [reaction(from, commandId, { type: "RefundTransfer", data: { transferId, reason } })];
    }
    case "AccountOpened":
    case "CreditsLoaded":
    case "TransferSettled":
    case "TransferRefunded":
    case "AccountFrozen":
    case "AccountUnfrozen":
    case "AccountClosed":
      return [];
  }
}

function reaction(accountId: string, commandId: string, command: AccountCommand): Reaction {
  return { stream: streamOf("account", accountId), commandId, command };
}

export const accountReactions: Reactor<AccountEvent> = {
  category: "account",
  react,
  settledBy: (commandType, commandId, stream) => {
    if (commandType !== "SendCredits") return [];
    const transferId = transferIdOf(parseStream(stream).id, commandId);
    return [transferSteps.settle(transferId), transferSteps.refund(transferId)];
  },
};
