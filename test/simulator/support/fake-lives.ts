import type {
  Account,
  Books,
  Clock,
  Line,
  Misbehaves,
  Order,
  SendOrder,
  Transfer,
  TransferStatus,
} from "./fake-records.ts";

/** An approver's decision about a transfer. */
export type Decision = {
  transferId: string;
  approver: string;
  verdict: "approval" | "denial";
  reason: string | undefined;
};

/** What becomes of the transfers of the fake service, from their beginning to their end. */
export type Lives = {
  tick: () => string;
  forgotten: Set<string>;
  /** An accepted transfer: it is scheduled, or starts. */
  begin: (transfer: Transfer, at: string) => void;
  /** It arrives, or is given back. */
  settle: (transfer: Transfer) => void;
  decide: (decision: Decision) => string | undefined;
  cancel: (order: Extract<Order, { type: "CancelTransfer" }>, at: string) => void;
  /** Whatever has waited too long. */
  expire: () => void;
  notify: (
    account: Account | undefined,
    type: string,
    about: { transfer?: Transfer; reason?: string | undefined },
  ) => void;
};

type Surroundings = {
  clock: Clock;
  misbehaves: Misbehaves;
  changed: (transfer: Transfer) => void;
};

const APPROVAL_FROM_E4 = 1_000_0000n;
const A_DAY_MS = 24 * 60 * 60 * 1000;

export const newLives = (books: Books, surroundings: Surroundings): Lives => {
  const { clock, misbehaves, changed } = surroundings;
  const { tick } = clock;
  const forgotten = new Set<string>();
  const accountOf = (accountId: string): Account | undefined => books.accounts.get(accountId);

  const notify: Lives["notify"] = (account, type, { transfer, reason }) => {
    if (account === undefined || misbehaves("loses_notifications")) return;
    const counterparty = account.accountId === transfer?.to ? transfer.from : transfer?.to;
    const told = { at: tick(), type, text: `Told: ${type}.`, transfer, counterparty, reason };
    for (let time = misbehaves("notifies_twice") ? 2 : 1; time > 0; time--) {
      const notificationId = `${account.accountId}-n${account.notifications.length}`;
      account.notifications.push({ notificationId, ...told });
    }
  };

  const enter = (
    transfer: Transfer,
    status: TransferStatus,
    entry: { at?: string; what?: string; by: string; reason?: string | undefined },
  ): void => {
    const { at = tick(), what = status, by, reason } = entry;
    transfer.status = status;
    transfer.history.push({ at, what, by, ...(reason === undefined ? {} : { reason }) });
    changed(transfer);
  };

  const debit = (transfer: Transfer, at: string): void => {
    const sender = accountOf(transfer.from);
    if (sender === undefined) return;
    const { amountE4 } = transfer;
    sender.inFlightE4 += amountE4;
    sender.totals.sent += amountE4;
    addLine(sender, { at, type: "transfer_out", amountE4: -amountE4, transfer });
  };

  const giveBack = (transfer: Transfer, at: string): void => {
    const sender = accountOf(transfer.from);
    if (sender === undefined) return;
    const { amountE4 } = transfer;
    sender.inFlightE4 -= amountE4;
    if (transfer.status === "refunded" && misbehaves("keeps_refunds")) return;
    if (transfer.status === "denied" && misbehaves("keeps_denied_money")) return;
    sender.totals.refunded += amountE4;
    addLine(sender, { at, type: "refund", amountE4, transfer });
  };

  const start = (transfer: Transfer, at: string): void => {
    const by = `account:${transfer.from}`;
    debit(transfer, at);
    const isLarge = transfer.amountE4 >= APPROVAL_FROM_E4;
    if (isLarge && !misbehaves("skips_approval")) {
      transfer.expiresAt = new Date(Date.parse(at) + A_DAY_MS).toISOString();
      enter(transfer, "awaiting_approval", { at, what: "approval_requested", by });
      notify(accountOf(transfer.from), "transfer_awaiting_approval", { transfer });
      return;
    }
    const what = transfer.scheduledFor === undefined ? "requested" : "started";
    enter(transfer, "in_flight", { at, what, by });
  };

  /** The instant has come. */
  const wake = (transfer: Transfer): void => {
    if (transfer.status !== "scheduled" && !misbehaves("pays_withdrawn")) return;
    const at = tick();
    const isEarly = misbehaves("starts_too_early");
    const missingMs = Date.parse(transfer.scheduledFor ?? at) - Date.parse(at);
    // Timers may be a little early.
    if (missingMs > 0 && !isEarly) {
      sleep(transfer, missingMs);
      return;
    }
    if (misbehaves("forgets_to_start")) return;
    const sender = accountOf(transfer.from);
    const isAffordable = transfer.amountE4 <= (sender?.availableE4 ?? 0n);
    if (!isAffordable && !misbehaves("overdraws_later")) {
      transfer.reason = "insufficient_funds";
      enter(transfer, "failed", { at, by: "process:transfer", reason: transfer.reason });
      notify(sender, "transfer_failed", { transfer, reason: transfer.reason });
      return;
    }
    if (misbehaves("starts_twice")) start(transfer, at);
    start(transfer, at);
    if (transfer.status === "in_flight") settle(transfer);
  };

  const sleep = (transfer: Transfer, ms: number): void => {
    setTimeout(wake, misbehaves("starts_too_early") ? 0 : ms, transfer).unref();
  };

  const settle = (transfer: Transfer): void => {
    const { amountE4 } = transfer;
    const at = tick();
    const sender = accountOf(transfer.from);
    const receiver = accountOf(transfer.to);
    const wasApproved = transfer.status === "approved";
    transfer.reason = reasonToRefund(sender, receiver, misbehaves);
    const status = transfer.reason === undefined ? "settled" : "refunded";
    enter(transfer, status, { at, by: "process:transfer", reason: transfer.reason });
    if (receiver === undefined || status === "refunded") {
      giveBack(transfer, at);
      notify(sender, "transfer_refunded", { transfer, reason: transfer.reason });
      return;
    }
    if (sender !== undefined) sender.inFlightE4 -= amountE4;
    if (misbehaves("loses_transfers")) return;
    if (misbehaves("shows_balances_late")) {
      receiver.late = { ...receiver, totals: { ...receiver.totals } };
    }
    const isDoubled = wasApproved ? misbehaves("pays_approved_twice") : misbehaves("credits_twice");
    for (let time = isDoubled ? 2 : 1; time > 0; time--) {
      receiver.totals.received += amountE4;
      addLine(receiver, { at, type: "transfer_in", amountE4, transfer });
    }
    notify(receiver, "credits_received", { transfer });
  };

  return {
    tick,
    forgotten,
    settle,
    notify,
    begin: (transfer, at) => {
      if (transfer.scheduledFor === undefined) {
        start(transfer, at);
        return;
      }
      enter(transfer, "scheduled", { at, by: `account:${transfer.from}` });
      sleep(transfer, Date.parse(transfer.scheduledFor) - Date.parse(at));
    },
    decide: ({ transferId, approver, verdict, reason }) => {
      const transfer = books.transfers.get(transferId);
      if (transfer === undefined) return "not_found";
      const parties = [accountOf(transfer.from)?.email, accountOf(transfer.to)?.email];
      const isParty = parties.includes(approver) && !misbehaves("lets_parties_approve");
      if (isParty) return "approver_is_party";
      if (transfer.status !== "awaiting_approval") {
        return misbehaves("lets_two_win") ? undefined : "transfer_not_pending";
      }
      const by = `approver:${approver}`;
      const status = verdict === "approval" ? "approved" : "denied";
      const given = misbehaves("loses_reasons") ? "no reason" : reason;
      const sender = accountOf(transfer.from);
      enter(transfer, status, { by, reason: given });
      notify(sender, `transfer_${status}`, { transfer, reason: given });
      if (status === "denied") {
        transfer.reason = given;
        giveBack(transfer, transfer.history.at(-1)?.at ?? tick());
      } else {
        setImmediate(settle, transfer);
      }
      if (misbehaves("keeps_processes")) forgotten.add(transferId);
      return undefined;
    },
    cancel: ({ accountId, transferId }, at) => {
      const transfer = books.transfers.get(transferId);
      if (transfer === undefined || misbehaves("ignores_cancellations")) return;
      const wasWaiting = transfer.status === "awaiting_approval";
      const status = wasWaiting ? "cancelled" : "withdrawn";
      enter(transfer, status, { at, by: `account:${accountId}` });
      if (wasWaiting) giveBack(transfer, at);
    },
    expire: () => {
      const now = tick();
      for (const transfer of books.transfers.values()) {
        if (transfer.status !== "awaiting_approval" || (transfer.expiresAt ?? now) > now) continue;
        const early = new Date(Date.parse(transfer.expiresAt ?? now) - 1).toISOString();
        const at = misbehaves("expires_too_early") ? early : tick();
        enter(transfer, "expired", { at, by: "process:transfer" });
        giveBack(transfer, transfer.history.at(-1)?.at ?? now);
        notify(accountOf(transfer.from), "transfer_expired", { transfer });
      }
    },
  };
};

export const addTransfer = (
  { accounts, transfers }: Books,
  transferId: string,
  { accountId: from, to, amountE4, note, scheduledFor }: SendOrder,
): Transfer => {
  const transfer: Transfer = {
    transferId,
    from,
    to,
    amountE4,
    currency: accounts.get(from)?.currency ?? "EUR",
    note,
    status: "in_flight",
    reason: undefined,
    scheduledFor,
    expiresAt: undefined,
    history: [],
  };
  transfers.set(transferId, transfer);
  return transfer;
};

const reasonToRefund = (
  sender: Account | undefined,
  receiver: Account | undefined,
  misbehaves: Misbehaves,
): string | undefined => {
  if (receiver === undefined) return "receiver_not_found";
  if (receiver.status === "closed" && !misbehaves("pays_the_closed")) return "receiver_closed";
  return receiver.currency === sender?.currency ? undefined : "currency_mismatch";
};

export const addLine = (
  account: Account,
  line: Pick<Line, "at" | "type" | "amountE4"> & Partial<Line>,
): void => {
  account.availableE4 += line.amountE4 - (line.feeE4 ?? 0n);
  account.lines.push({
    movementId: `${account.accountId}-${account.lines.length}`,
    feeE4: undefined,
    transfer: undefined,
    ...line,
    balanceE4: account.availableE4,
  });
};
