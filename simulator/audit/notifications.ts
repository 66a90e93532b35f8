import type { Api } from "../client/api.ts";
import { ContractBreach } from "../client/json.ts";
import type { NotificationDocument, NotificationType } from "../client/transfer-documents.ts";
import { formatMoney } from "../money.ts";
import { REFUND_REASONS } from "../world/intentions.ts";
import type { ExpectedAccount, ExpectedTransfer } from "./model.ts";
import type { FinalStatus, FoundTransfer } from "./transfers.ts";

/** What the owner of an account must have been told, each exactly once. */
export type ExpectedNotifications = {
  transfers: ExpectedNotification[];
  rejectedRequests: number;
};

type ExpectedNotification = {
  type: NotificationType;
  transfer: ExpectedTransfer;
  counterparty: string;
};

export const expectedNotifications = (
  { sent, due, rejectedRequests }: ExpectedAccount,
  found: ReadonlyMap<string, FoundTransfer>,
): ExpectedNotifications => {
  const statusOf = ({ transferId }: ExpectedTransfer): FinalStatus =>
    found.get(transferId)?.status ?? "in_flight";
  return {
    transfers: [
      ...sent.flatMap((transfer) =>
        senderIsTold(transfer, statusOf(transfer)).map(
          (type) => ({ type, transfer, counterparty: transfer.to }) as const,
        ),
      ),
      ...due
        .filter((transfer) => statusOf(transfer) === "settled")
        .map(
          (transfer) =>
            ({ type: "credits_received", transfer, counterparty: transfer.from }) as const,
        ),
    ],
    rejectedRequests,
  };
};

/** What the sender has done is no news to the sender: neither cancelling nor sending is told. */
const senderIsTold = (
  { needsApproval }: ExpectedTransfer,
  status: FinalStatus,
): NotificationType[] => {
  const waited: NotificationType[] = needsApproval ? ["transfer_awaiting_approval"] : [];
  const approved: NotificationType[] = needsApproval ? [...waited, "transfer_approved"] : [];
  switch (status) {
    case "scheduled":
    case "withdrawn":
      return [];
    case "insufficient_funds":
    case "account_closed":
    case "account_frozen":
      return ["transfer_failed"];
    case "in_flight":
    case "awaiting_approval":
    case "cancelled":
      return waited;
    case "denied":
      return [...waited, "transfer_denied"];
    case "expired":
      return [...waited, "transfer_expired"];
    case "approved":
    case "settled":
      return approved;
    case "receiver_not_found":
    case "receiver_closed":
    case "currency_mismatch":
    case "balance_too_large":
      return [...approved, "transfer_refunded"];
  }
};

/** Holds all notifications of an account against what must have been told. */
export const checkNotifications = (
  accountId: string,
  { transfers, rejectedRequests }: ExpectedNotifications,
  notifications: readonly NotificationDocument[],
): string[] => {
  const complaints: string[] = [];
  const ids = new Set<string>();
  const awaited = new Map(
    transfers.map((expected) => [keyOf(expected.type, expected.transfer.transferId), expected]),
  );
  let rejected = 0;
  for (const notification of notifications) {
    const { notificationId, type, transferId } = notification;
    if (ids.has(notificationId)) complaints.push(`was given ${notificationId} twice.`);
    ids.add(notificationId);
    if (type === "request_rejected") {
      rejected += 1;
      continue;
    }
    const key = keyOf(type, transferId ?? "(none)");
    const expected = awaited.get(key);
    if (expected === undefined) complaints.push(`was told ${key}, which is not so, or once more.`);
    else complaints.push(...differences(expected, notification));
    awaited.delete(key);
  }
  for (const key of awaited.keys()) complaints.push(`was not told ${key}.`);
  if (rejected !== rejectedRequests) {
    complaints.push(
      `was told of ${rejected} rejected requests, but there were ${rejectedRequests}.`,
    );
  }
  return complaints.map((complaint) => `The owner of ${accountId} ${complaint}`);
};

const keyOf = (type: NotificationType, transferId: string): string => `${type} of ${transferId}`;

const differences = (
  { type, transfer, counterparty }: ExpectedNotification,
  shown: NotificationDocument,
): string[] => {
  const facts: [name: string, found: string, right: string][] = [
    ["the amount", format(shown.amountE4), format(transfer.amountE4)],
    ["the counterparty", shown.counterparty ?? "(none)", counterparty],
  ];
  const needsReason = type === "transfer_denied" || type === "transfer_failed";
  if (needsReason && !shown.reason) facts.push(["the reason", "(none)", "one"]);
  const isRefund = REFUND_REASONS.some((reason) => reason === shown.reason);
  if (type === "transfer_refunded" && !isRefund) {
    facts.push(["the reason", shown.reason ?? "(none)", REFUND_REASONS.join(" or ")]);
  }
  if (shown.text === "") facts.push(["the text", "(none)", "a sentence"]);
  return facts
    .filter(([, found, right]) => found !== right)
    .map(
      ([name, found, right]) =>
        `was told ${keyOf(type, transfer.transferId)} with ${name} ${found} instead of ${right}.`,
    );
};

const format = (amountE4: bigint | undefined): string =>
  amountE4 === undefined ? "(none)" : formatMoney(amountE4);

const LARGEST_PAGE = 200;

/**
 * Reads all notifications of an account, page by page.
 *
 * @throws ContractBreach when a page leads back to where it was
 */
export const readNotifications = async (
  api: Api,
  accountId: string,
): Promise<NotificationDocument[]> => {
  const notifications: NotificationDocument[] = [];
  const cursors = new Set<string | undefined>();
  for (let after: string | undefined; ;) {
    const page = await api.notifications(accountId, { after, limit: LARGEST_PAGE });
    if (page.items.length === 0) return notifications;
    notifications.push(...page.items);
    after = page.next;
    if (after === undefined || cursors.has(after)) {
      throw new ContractBreach(
        `The notifications of ${accountId} lead nowhere from ${after ?? ""}.`,
      );
    }
    cursors.add(after);
  }
};
