import type { Endpoints } from "../../kernel/endpoints/endpoint.ts";
import type { EventStore } from "../../kernel/store/event-store.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import type { AccountView } from "./account-view.ts";
import { commandEndpoint, type CommandServices } from "./command-endpoint.ts";
import { requestKinds } from "./requests.ts";
import { pastBalance, showAccount } from "./show-account.ts";
import { showStatement } from "./statement.ts";

type Services = CommandServices & {
  readonly accounts: Documents<AccountView>;
  readonly store: EventStore;
};

export const accountEndpoints = {
  openAccount: commandEndpoint(requestKinds.openAccount, "customer", {
    route: "accounts",
    access: { customer: "any" },
  }),
  loadCredits: commandEndpoint(requestKinds.loadCredits, "customer", {
    route: "accounts/{accountId}/loads",
    access: { customer: "own" },
  }),
  closeAccount: commandEndpoint(requestKinds.closeAccount, "customer", {
    route: "accounts/{accountId}/closure",
    access: { customer: "own" },
  }),
  freezeAccount: commandEndpoint(requestKinds.freezeAccount, "operator", {
    route: "operator/accounts/{accountId}/freeze",
    access: { operator: "any" },
  }),
  unfreezeAccount: commandEndpoint(requestKinds.unfreezeAccount, "operator", {
    route: "operator/accounts/{accountId}/unfreeze",
    access: { operator: "any" },
  }),
  showAccount: {
    method: "GET",
    route: "accounts/{accountId}",
    access: { customer: "own", operator: "any", "approval-desk": "any" },
    handler: ({ accounts }) => showAccount(accounts),
  },
  pastBalance: {
    method: "GET",
    route: "accounts/{accountId}/balance",
    access: { customer: "own", operator: "any" },
    handler: ({ store }) => pastBalance(store),
  },
  showStatement: {
    method: "GET",
    route: "accounts/{accountId}/statement",
    access: { customer: "own", operator: "any" },
    handler: ({ store }) => showStatement(store),
  },
} as const satisfies Endpoints<Services>;
