import { addLine, addTransfer, newLives, type Decision, type Lives } from "./fake-lives.ts";
import type {
  Account,
  Books,
  Clock,
  Command,
  Misbehaves,
  Order,
  Point,
  Transfer,
} from "./fake-records.ts";

/**
 * The service of the HTTP contract, in memory and honest unless told otherwise: what the audit
 * of the simulator is tried on. It shares no code with the simulator, or both could be wrong alike.
 */
export type Ledger = Books & {
  /** Transfers that have gone through their whole life, and are still led by a process. */
  forgotten: Set<string>;
  /** Stores an order, and handles it a little later. */
  accept: (order: Order) => Command;
  /** An approver decides; gives the code of the rule that says no. */
  decide: (decision: Decision) => string | undefined;
  /** Lets time pass: what waits too long expires. */
  advance: (ms: number) => void;
  /** Told of every transfer that changes. */
  listeners: Set<(transfer: Transfer) => void>;
  /** Resolves when the command has come as far as that, or as far as it ever will. */
  reaches: (command: Command, point: Point) => Promise<void>;
};

const POINTS: readonly Point[] = ["stored", "handled", "visible", "settled"];

export const hasReached = ({ reached, status }: Command, point: Point): boolean =>
  POINTS.indexOf(reached) >= POINTS.indexOf(point) || status === "rejected";

/** `hasty`: a clock of its own that runs faster than the machine's. */
export const newLedger = (misbehaves: Misbehaves, isHasty: boolean): Ledger => {
  const clock = isHasty ? hastyClock() : realClock();
  const books: Books = { accounts: new Map(), transfers: new Map(), commands: new Map() };
  const listeners: Ledger["listeners"] = new Set();
  const lives = newLives(books, {
    clock,
    misbehaves,
    changed: (transfer) => {
      for (const listener of listeners) listener(transfer);
    },
  });
  const waiting = new Set<() => void>();
  const move = (command: Command, point: Point): void => {
    command.reached = point;
    for (const look of [...waiting]) look();
  };
  let stored = 0;
  return {
    ...books,
    forgotten: lives.forgotten,
    listeners,
    decide: lives.decide,
    advance: (ms) => {
      clock.advance(ms);
      lives.expire();
    },
    accept: (order) => {
      stored += 1;
      const command = newCommand(order, stored, clock.tick());
      books.commands.set(command.commandId, command);
      setImmediate(() => {
        handle(books, lives, command, misbehaves);
        command.isStuck = order.type === "SendCredits" && misbehaves("never_settles");
        move(command, "handled");
        setImmediate(() => {
          move(command, "visible");
          if (command.isStuck) return;
          const transfer = books.transfers.get(idOf(command));
          const goes = order.type === "SendCredits" && command.status === "accepted";
          if (goes && transfer?.status === "in_flight") lives.settle(transfer);
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

/** Time that does not depend on the machine; now and then it stands still. */
const hastyClock = (): Clock => {
  let nowMs = Date.parse("2026-01-31T12:00:00.000Z");
  let ticks = 0;
  return {
    tick: () => {
      ticks += 1;
      if (ticks % 3 !== 0) nowMs += 5;
      return new Date(nowMs).toISOString();
    },
    advance: (ms) => {
      nowMs += ms;
    },
  };
};

const realClock = (): Clock => {
  let offsetMs = 0;
  return {
    tick: () => new Date(Date.now() + offsetMs).toISOString(),
    advance: (ms) => {
      offsetMs += ms;
    },
  };
};

const opaque = (number: number, length: number): string =>
  number.toString(36).padStart(length, "0");

const newCommand = (order: Order, number: number, acceptedAt: string): Command => {
  const accountId = order.type === "OpenAccount" ? opaque(number, 16) : order.accountId;
  return {
    commandId: opaque(number, 20),
    stream: `account-${accountId}`,
    order,
    resource: resourceOf(order, accountId, number),
    status: "pending",
    rejection: undefined,
    reached: "stored",
    acceptedAt,
    handledAt: undefined,
    isStuck: false,
  };
};

const resourceOf = (order: Order, accountId: string, number: number): string => {
  if (order.type === "SendCredits") return `/api/transfers/${accountId}-${opaque(number, 20)}`;
  if (order.type === "CancelTransfer") return `/api/transfers/${order.transferId}`;
  return `/api/accounts/${accountId}`;
};

const idOf = ({ resource }: Command): string => resource.slice(resource.lastIndexOf("/") + 1);

const handle = (books: Books, lives: Lives, command: Command, misbehaves: Misbehaves): void => {
  const { order } = command;
  const at = lives.tick();
  command.handledAt = at;
  command.rejection = rejection(books, order, misbehaves, at);
  command.status = command.rejection === undefined ? "accepted" : "rejected";
  if (command.rejection !== undefined) {
    if (order.type === "SendCredits" && misbehaves("shows_rejected_transfers")) {
      addTransfer(books, idOf(command), order);
    }
    const account = order.type === "OpenAccount" ? undefined : books.accounts.get(order.accountId);
    if (account) lives.notify(account, "request_rejected", { reason: command.rejection });
    return;
  }
  switch (order.type) {
    case "OpenAccount":
      openAccount(books, idOf(command), order, at);
      break;
    case "LoadCredits":
      load(accountOf(books, order.accountId), order.amountE4, { at, misbehaves });
      break;
    case "SendCredits":
      lives.begin(addTransfer(books, idOf(command), order), at);
      break;
    case "CancelTransfer":
      lives.cancel(order, at);
      break;
    case "CloseAccount":
      accountOf(books, order.accountId).status = "closed";
      break;
  }
};

const rejection = (
  books: Books,
  order: Order,
  misbehaves: Misbehaves,
  now: string,
): string | undefined => {
  if (order.type === "OpenAccount") return undefined;
  const account = books.accounts.get(order.accountId);
  if (account === undefined) return "account_not_found";
  if (order.type === "CancelTransfer") {
    const status = books.transfers.get(order.transferId)?.status;
    const isPending = status === "scheduled" || status === "awaiting_approval";
    return isPending ? undefined : "transfer_not_pending";
  }
  if (account.status === "closed") return "account_closed";
  if (order.type === "CloseAccount") {
    return account.availableE4 + account.inFlightE4 > 0n ? "account_not_empty" : undefined;
  }
  if (order.type === "LoadCredits") return undefined;
  if (order.to === order.accountId) return "receiver_is_sender";
  if (order.scheduledFor !== undefined) {
    return order.scheduledFor <= now ? "instant_has_passed" : undefined;
  }
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
  const empty = { status: "open" as const, availableE4: 0n, inFlightE4: 0n, totals };
  const owner = { accountId, name, email, currency, openedAt };
  accounts.set(accountId, { ...owner, ...empty, lines: [], notifications: [] });
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

const accountOf = ({ accounts }: Books, accountId: string): Account => {
  const account = accounts.get(accountId);
  if (account === undefined) throw new Error(`The fake has lost account ${accountId}.`);
  return account;
};
