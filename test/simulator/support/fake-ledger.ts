import type { Account, Command, Line, Misbehaves, Order, Point, Transfer } from "./fake-records.ts";

/**
 * The service of the HTTP contract, in memory and honest unless told otherwise: what the audit
 * of the simulator is tried on. It shares no code with the simulator, or both could be wrong alike.
 */
export type Ledger = {
  accounts: Map<string, Account>;
  transfers: Map<string, Transfer>;
  commands: Map<string, Command>;
  /** Stores an order, and handles it a little later. */
  accept: (order: Order) => Command;
  /** Resolves when the command has come as far as that, or as far as it ever will. */
  reaches: (command: Command, point: Point) => Promise<void>;
};

const POINTS: readonly Point[] = ["stored", "handled", "visible", "settled"];

export const hasReached = ({ reached, status }: Command, point: Point): boolean =>
  POINTS.indexOf(reached) >= POINTS.indexOf(point) || status === "rejected";

export const newLedger = (misbehaves: Misbehaves): Ledger => {
  const tick = fakeClock();
  const books = { accounts: new Map(), transfers: new Map(), commands: new Map() };
  const ledger: Omit<Ledger, "accept" | "reaches"> = books;
  const waiting = new Set<() => void>();
  const move = (command: Command, point: Point): void => {
    command.reached = point;
    for (const look of [...waiting]) look();
  };
  let stored = 0;
  return {
    ...ledger,
    accept: (order) => {
      stored += 1;
      const command = newCommand(order, stored, tick());
      ledger.commands.set(command.commandId, command);
      setImmediate(() => {
        handle(ledger, command, { tick, misbehaves });
        command.isStuck = order.type === "SendCredits" && misbehaves("never_settles");
        move(command, "handled");
        setImmediate(() => {
          move(command, "visible");
          if (command.isStuck) return;
          settle(ledger, command, { tick, misbehaves });
          move(command, "settled");
        });
      });
      return command;
    },
    reaches: (command, point) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!hasReached(command, point) && !command.isStuck) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
};

type Books = Pick<Ledger, "accounts" | "transfers" | "commands">;
type Surroundings = { tick: () => string; misbehaves: Misbehaves };

/** Time of its own, so that no test depends on the machine; now and then it stands still. */
const fakeClock = (): (() => string) => {
  let nowMs = Date.parse("2026-01-31T12:00:00.000Z");
  let ticks = 0;
  return () => {
    ticks += 1;
    if (ticks % 3 !== 0) nowMs += 5;
    return new Date(nowMs).toISOString();
  };
};

const opaque = (number: number, length: number): string =>
  number.toString(36).padStart(length, "0");

const newCommand = (order: Order, number: number, acceptedAt: string): Command => {
  const accountId = order.type === "OpenAccount" ? opaque(number, 16) : order.accountId;
  const resource =
    order.type === "SendCredits"
      ? `/api/transfers/${accountId}-${opaque(number, 20)}`
      : `/api/accounts/${accountId}`;
  return {
    commandId: opaque(number, 20),
    stream: `account-${accountId}`,
    order,
    resource,
    status: "pending",
    rejection: undefined,
    reached: "stored",
    acceptedAt,
    handledAt: undefined,
    isStuck: false,
  };
};

const idOf = ({ resource }: Command): string => resource.slice(resource.lastIndexOf("/") + 1);

const handle = (books: Books, command: Command, { tick, misbehaves }: Surroundings): void => {
  const { order } = command;
  const at = tick();
  command.handledAt = at;
  command.rejection = rejection(books, order, misbehaves);
  command.status = command.rejection === undefined ? "accepted" : "rejected";
  if (command.status === "rejected") {
    if (order.type === "SendCredits" && misbehaves("shows_rejected_transfers")) {
      books.transfers.set(idOf(command), newTransfer(books, command, order, at));
    }
    return;
  }
  switch (order.type) {
    case "OpenAccount":
      openAccount(books, idOf(command), order, at);
      break;
    case "LoadCredits":
      load(accountOf(books, order.accountId), order.amountE4, { at, misbehaves });
      break;
    case "SendCredits": {
      const transfer = newTransfer(books, command, order, at);
      const sender = accountOf(books, order.accountId);
      books.transfers.set(transfer.transferId, transfer);
      sender.inFlightE4 += order.amountE4;
      sender.totals.sent += order.amountE4;
      addLine(sender, { at, type: "transfer_out", amountE4: -order.amountE4, transfer });
      break;
    }
    case "CloseAccount":
      accountOf(books, order.accountId).status = "closed";
      break;
  }
};

const rejection = (books: Books, order: Order, misbehaves: Misbehaves): string | undefined => {
  if (order.type === "OpenAccount") return undefined;
  const account = books.accounts.get(order.accountId);
  if (account === undefined) return "account_not_found";
  if (account.status === "closed") return "account_closed";
  if (order.type === "CloseAccount") {
    return account.availableE4 + account.inFlightE4 > 0n ? "account_not_empty" : undefined;
  }
  if (order.type === "LoadCredits") return undefined;
  if (order.to === order.accountId) return "receiver_is_sender";
  if (order.amountE4 >= 1_000_0000n) return "amount_needs_approval";
  if (order.amountE4 > account.availableE4) {
    return misbehaves("overdraws") ? undefined : "insufficient_funds";
  }
  return misbehaves("rejects_the_rich") ? "insufficient_funds" : undefined;
};

const openAccount = (
  { accounts }: Books,
  accountId: string,
  { name, email, currency }: Extract<Order, { type: "OpenAccount" }>,
  openedAt: string,
): void => {
  const totals = { loaded: 0n, fees: 0n, sent: 0n, received: 0n, refunded: 0n };
  const empty = { status: "open" as const, availableE4: 0n, inFlightE4: 0n, totals, lines: [] };
  accounts.set(accountId, { accountId, name, email, currency, openedAt, ...empty });
};

const load = (
  account: Account,
  amountE4: bigint,
  { at, misbehaves }: { at: string; misbehaves: Misbehaves },
): void => {
  const feeE4 = feeOf(amountE4, misbehaves);
  account.totals.loaded += amountE4;
  account.totals.fees += feeE4;
  addLine(account, { at, type: "load", amountE4, feeE4 });
};

/** 0.02 %, half-even, by way of the remainder in 1/5 000. */
const feeOf = (amountE4: bigint, misbehaves: Misbehaves): bigint => {
  if (amountE4 > 500_0000n && !misbehaves("charges_large_loads")) return 0n;
  const floorE4 = amountE4 / 5_000n;
  const remainder = amountE4 % 5_000n;
  if (remainder === 2_500n) {
    return floorE4 % 2n === 1n || misbehaves("rounds_fees_up") ? floorE4 + 1n : floorE4;
  }
  return remainder > 2_500n ? floorE4 + 1n : floorE4;
};

const newTransfer = (
  { accounts }: Books,
  command: Command,
  order: Extract<Order, { type: "SendCredits" }>,
  at: string,
): Transfer => ({
  transferId: idOf(command),
  from: order.accountId,
  to: order.to,
  amountE4: order.amountE4,
  currency: accounts.get(order.accountId)?.currency ?? "EUR",
  note: order.note,
  status: "in_flight",
  reason: undefined,
  history: [{ at, what: "requested", by: "sender" }],
});

/** The transfer arrives, or is given back. */
const settle = (books: Books, command: Command, { tick, misbehaves }: Surroundings): void => {
  const transfer = books.transfers.get(idOf(command));
  if (transfer === undefined || command.status === "rejected") return;
  const { amountE4 } = transfer;
  const at = tick();
  const sender = accountOf(books, transfer.from);
  const receiver = books.accounts.get(transfer.to);
  transfer.reason = reasonToRefund(sender, receiver, misbehaves);
  transfer.status = transfer.reason === undefined ? "settled" : "refunded";
  transfer.history.push({ at, what: transfer.status, by: "system" });
  sender.inFlightE4 -= amountE4;
  if (receiver === undefined || transfer.status === "refunded") {
    if (misbehaves("keeps_refunds")) return;
    sender.totals.refunded += amountE4;
    addLine(sender, { at, type: "refund", amountE4, transfer });
    return;
  }
  if (misbehaves("loses_transfers")) return;
  if (misbehaves("shows_balances_late"))
    receiver.late = { ...receiver, totals: { ...receiver.totals } };
  const times = misbehaves("credits_twice") ? 2 : 1;
  for (let time = 0; time < times; time++) {
    receiver.totals.received += amountE4;
    addLine(receiver, { at, type: "transfer_in", amountE4, transfer });
  }
};

const reasonToRefund = (
  sender: Account,
  receiver: Account | undefined,
  misbehaves: Misbehaves,
): string | undefined => {
  if (receiver === undefined) return "receiver_not_found";
  if (receiver.status === "closed" && !misbehaves("pays_the_closed")) return "receiver_closed";
  return receiver.currency === sender.currency ? undefined : "currency_mismatch";
};

const addLine = (
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

const accountOf = ({ accounts }: Books, accountId: string): Account => {
  const account = accounts.get(accountId);
  if (account === undefined) throw new Error(`The fake has lost account ${accountId}.`);
  return account;
};
