/** What the owner of an account can see. */
import type { AccountState } from "../../../domain/account/account.messages.ts";
import { formatAmount } from "../../../domain/kernel/money.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import { readParameter } from "../../kernel/http/read-request.ts";
import { accountIdSchema, instantSchema } from "./requests.ts";
import type { EventStore } from "../../kernel/store/event-store.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import { type HttpHandler, type HttpRequest, json } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";
import type { AccountView } from "./account-view.ts";
import { readAccountView } from "./read-account-view.ts";

/** `GET /api/accounts/{accountId}` */
export function showAccount(accounts: Documents<AccountView>): HttpHandler {
  return async (request) => {
    const accountId = accountIdOf(request);
    const stored = await accounts.read(accountId, accountId);
    if (stored === undefined) throw noAccount(accountId);
    const { id, version, name, email, currency, status, openedAt, updatedAt, ...amounts } =
      readAccountView(stored.document);
    return json(200, {
      accountId: id,
      name,
      email,
      currency,
      status,
      version,
      balance: balanceOf(amounts),
      totals: {
        loaded: formatAmount(amounts.loadedE4),
        fees: formatAmount(amounts.feesE4),
        sent: formatAmount(amounts.sentE4),
        received: formatAmount(amounts.receivedE4),
        refunded: formatAmount(amounts.refundedE4),
      },
      openedAt,
      updatedAt,
    });
  };
}

/** `GET /api/accounts/{accountId}/balance?at=`: from the snapshot that the last commit before carries. */
export function pastBalance(store: EventStore): HttpHandler {
  return async (request) => {
    const accountId = accountIdOf(request);
    const at = readParameter("at", request.query.get("at"), instantSchema);
    const commit = await store.asOf(streamOf("account", accountId), at);
    const state = commit?.snapshot.state as AccountState | undefined;
    if (commit === undefined || state === undefined || state.stage === "unopened")
      throw new Problem("not_found", `The account ${accountId} did not exist at ${at}.`);
    const { version } = commit;
    const { currency } = state;
    return json(200, { accountId, at, version, currency, balance: balanceOf(state) });
  };
}

export function accountIdOf(request: HttpRequest): string {
  return readParameter("accountId", request.params["accountId"], accountIdSchema);
}

export function noAccount(accountId: string): Problem {
  return new Problem("not_found", `There is no account ${accountId}.`);
}

/** Card holds come with the plastic card: until then nothing is held. */
function balanceOf({ availableE4, inFlightE4 }: { availableE4: number; inFlightE4: number }): {
  available: string;
  inFlight: string;
  held: string;
  confirmed: string;
} {
  return {
    available: formatAmount(availableE4),
    inFlight: formatAmount(inFlightE4),
    held: formatAmount(0),
    confirmed: formatAmount(availableE4 + inFlightE4),
  };
}
