/**
 * A transfer's way from one account to another: debit → credit → settled, or → declined → refunded.
 * These are *primary reactions*: what must change a balance fast happens in the primary event handler itself. What waits
 * for people or time is led by a process: transfer.process.ts.
 */
import type { Reaction, Reactor } from "../kernel/decider.ts";
import { parseStream, streamOf } from "../kernel/streams.ts";
import type { AccountCommand, AccountEvent } from "./account.messages.ts";
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
    case "TransferScheduled":
    case "TransferWithdrawn":
    case "ScheduledTransferFailed":
    case "ApprovalRequested":
    case "TransferApproved":
    case "TransferDenied":
    case "TransferCancelled":
    case "TransferExpired":
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

export const accountReactions: Reactor<AccountCommand, AccountEvent> = {
  category: "account",
  react,
  settledBy: ({ type, data }, commandId, stream) => {
    switch (type) {
      case "SendCredits":
        return endings(transferIdOf(parseStream(stream).id, commandId));
      case "ApproveTransfer":
        return endings(data.transferId);
      default:
        return [];
    }
  },
  waits: ({ type }) => type === "TransferScheduled" || type === "ApprovalRequested",
};

/** The commands one of which ends a transfer that is on its way. */
function endings(transferId: string): readonly string[] {
  return [transferSteps.settle(transferId), transferSteps.refund(transferId)];
}
