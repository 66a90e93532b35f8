/** `GET /api/transfers/{transferId}`: a transfer and its history, from the sender's stream. */
import { z } from "zod";
import type { AccountEvent } from "../../domain/account/account.ts";
import { senderOf, transferSteps } from "../../domain/account/transfer-id.ts";
import { formatAmount } from "../../domain/kernel/money.ts";
import { streamOf } from "../../domain/kernel/streams.ts";
import { readParameter } from "../commands/read-request.ts";
import type { EventStore } from "../events/event-store.ts";
import { type HttpHandler, json } from "../platform/http/exchange.ts";
import { Problem } from "../platform/http/problem.ts";
import { causes } from "../reactions/primary-reactions.ts";

const transferIdSchema = z.string().regex(/^[0-9a-z]{16}-[0-9a-z]{20}$/, "must be a transfer id.");

export function showTransfer(store: EventStore): HttpHandler {
  return async (request) => {
    const { transferId: inPath } = request.params;
    const transferId = readParameter("transferId", inPath, transferIdSchema);
    const senderId = senderOf(transferId);
    const requested = transferId.slice(senderId.length + 1);
    const commits = await store.findByCommands(streamOf("account", senderId), [
      requested,
      transferSteps.settle(transferId),
      transferSteps.refund(transferId),
    ]);
    const steps = commits
      .toSorted((a, b) => a.number - b.number)
      .flatMap((commit) =>
        [...causes(commit)].map(({ event, cause }) => ({
          event: event as unknown as AccountEvent,
          at: commit.at,
          by: cause.actor,
        })),
      )
      .filter(({ event }) => "transferId" in event.data && event.data.transferId === transferId);
    return json(200, describe(transferId, steps));
  };
}

type Step = { readonly event: AccountEvent; readonly at: string; readonly by: string };

function describe(transferId: string, steps: readonly Step[]): object {
  const first = steps[0]?.event;
  if (first?.type !== "CreditsSent")
    throw new Problem("not_found", `There is no transfer ${transferId}.`);
  const { from, to, amountE4, currency, note } = first.data;
  const last = steps.at(-1)?.event;
  const status =
    last?.type === "TransferSettled"
      ? "settled"
      : last?.type === "TransferRefunded"
        ? "refunded"
        : "in_flight";
  return {
    transferId,
    from,
    to,
    amount: formatAmount(amountE4),
    currency,
    ...(note === undefined ? {} : { note }),
    status,
    ...(last?.type === "TransferRefunded" ? { reason: last.data.reason } : {}),
    history: steps.map(({ event, at, by }) => ({ at, what: whatHappened[event.type], by })),
  };
}

const whatHappened: Partial<Record<AccountEvent["type"], string>> = {
  CreditsSent: "requested",
  TransferSettled: "settled",
  TransferRefunded: "refunded",
};
