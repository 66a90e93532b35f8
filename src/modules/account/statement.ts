/**
 * `GET /api/accounts/{accountId}/statement`. Every movement is an event of the account's own stream and carries the
 * balance after it, so the statement is read straight from the stream: nothing to project, to rebuild or to get wrong.
 */
import { z } from "zod";
import type { AccountEvent } from "../../../domain/account/account.messages.ts";
import { formatInstant, instantMs } from "../../../domain/kernel/instants.ts";
import { type AmountE4, formatAmount } from "../../../domain/kernel/money.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import { readParameter } from "../../kernel/http/read-request.ts";
import { instantSchema } from "./requests.ts";
import type { Commit } from "../../kernel/messages/commit.ts";
import type { EventStore } from "../../kernel/store/event-store.ts";
import { type HttpHandler, type HttpRequest, json } from "../../platform/http/exchange.ts";
import { accountIdOf, noAccount } from "./show-account.ts";

type Movement = {
  readonly movementId: string;
  readonly at: string;
  readonly type: "load" | "transfer_out" | "transfer_in" | "refund";
  readonly amount: string;
  readonly fee?: string;
  /** Available after the movement. */
  readonly balance: string;
  readonly counterparty?: string;
  readonly transferId?: string;
  readonly note?: string;
};

/** Where the next page begins: an instant, and how many movements of that commit have been shown. */
type Cursor = { readonly at: string; readonly shown: number };

const cursorSchema = z.string().transform((text, context): Cursor => {
  const [, at, shown] = /^([^~]+)~(\d{1,6})$/.exec(text) ?? [];
  const instant = instantSchema.safeParse(at);
  if (instant.success) return { at: instant.data, shown: Number(shown) };
  context.addIssue({ code: "custom", message: "must be the `next` of an earlier page." });
  return z.NEVER;
});

const limitSchema = z.coerce
  .number("must be a number.")
  .int("must be a whole number.")
  .min(1, "must be at least 1.")
  .max(200, "must be at most 200.");

export function showStatement(store: EventStore): HttpHandler {
  return async (request) => {
    const accountId = accountIdOf(request);
    const limit = readParameter("limit", request.query.get("limit") ?? "50", limitSchema);
    const { start, to } = readPeriod(request);
    const stream = streamOf("account", accountId);

    // A commit may hold no movement (a settlement) or many (a busy account): read on until the page is full.
    const found: (Movement & Cursor)[] = [];
    let from = start.at;
    let isOver = false;
    while (found.length <= limit && !isOver) {
      const commits = await store.range(stream, { from, to, limit: limit + 1 });
      found.push(...commits.flatMap(movementsOf).filter((movement) => isAfter(movement, start)));
      const last = commits.at(-1);
      isOver = last === undefined || commits.length <= limit;
      if (last !== undefined) from = formatInstant(instantMs(last.at) + 1);
    }
    const currency = await currencyOf(store, stream);
    if (currency === undefined) throw noAccount(accountId);
    const items = found.slice(0, limit).map(({ shown, ...movement }) => movement);
    const next = found[limit];
    return json(200, {
      accountId,
      currency,
      items,
      ...(next === undefined ? {} : { next: `${next.at}~${next.shown}` }),
    });
  };
}

function readPeriod(request: HttpRequest): { start: Cursor; to: string } {
  const from = request.query.get("from") ?? "0001-01-01T00:00:00.000Z";
  const to = request.query.get("to") ?? "9999-12-31T23:59:59.999Z";
  const after = request.query.get("after");
  const start =
    after === null
      ? { at: readParameter("from", from, instantSchema), shown: 0 }
      : readParameter("after", after, cursorSchema);
  return { start, to: readParameter("to", to, instantSchema) };
}

async function currencyOf(store: EventStore, stream: string): Promise<string | undefined> {
  const [first] = await store.range(stream, {
    from: "",
    to: "9999-12-31T23:59:59.999Z",
    limit: 1,
  });
  const event = first?.events[0] as AccountEvent | undefined;
  return event?.type === "AccountOpened" ? event.data.currency : undefined;
}

function isAfter({ at, shown }: Cursor, start: Cursor): boolean {
  const aheadMs = instantMs(at) - instantMs(start.at);
  return aheadMs > 0 || (aheadMs === 0 && shown >= start.shown);
}

function movementsOf({ stream, number, at, events }: Commit): (Movement & Cursor)[] {
  return events
    .map((event) => movementOf(event as unknown as AccountEvent))
    .filter((movement) => movement !== undefined)
    .map((movement, index) => ({
      movementId: `${stream}.${number}.${index}`,
      at,
      ...movement,
      shown: index,
    }));
}

/** Settling moves nothing that the owner can spend, so it is no line of its own. */
function movementOf(event: AccountEvent): Omit<Movement, "movementId" | "at"> | undefined {
  switch (event.type) {
    case "CreditsLoaded": {
      const { amountE4, feeE4, balance } = event.data;
      return { type: "load", ...line(amountE4, balance), fee: formatAmount(feeE4) };
    }
    case "ApprovalRequested":
    case "CreditsSent": {
      const { amountE4, balance, to, transferId, note } = event.data;
      return { type: "transfer_out", ...line(-amountE4, balance), ...other(to, transferId, note) };
    }
    case "CreditsReceived": {
      const { amountE4, balance, from, transferId, note } = event.data;
      return { type: "transfer_in", ...line(amountE4, balance), ...other(from, transferId, note) };
    }
    case "TransferDenied":
    case "TransferCancelled":
    case "TransferExpired":
    case "TransferRefunded": {
      const { amountE4, balance, to, transferId } = event.data;
      return { type: "refund", ...line(amountE4, balance), ...other(to, transferId) };
    }
    case "AccountOpened":
    case "TransferScheduled":
    case "TransferWithdrawn":
    case "ScheduledTransferFailed":
    case "TransferApproved":
    case "CreditsDeclined":
    case "TransferSettled":
    case "AccountFrozen":
    case "AccountUnfrozen":
    case "AccountClosed":
      return undefined;
  }
}

function line(
  amountE4: AmountE4,
  balance: { availableE4: AmountE4 },
): Pick<Movement, "amount" | "balance"> {
  return { amount: formatAmount(amountE4), balance: formatAmount(balance.availableE4) };
}

function other(
  counterparty: string,
  transferId: string,
  note?: string,
): Pick<Movement, "counterparty" | "transferId" | "note"> {
  return { counterparty, transferId, ...(note === undefined ? {} : { note }) };
}
