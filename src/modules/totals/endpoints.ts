import type { Endpoints } from "../../kernel/endpoints/endpoint.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import type { AccountView } from "../account/account-view.ts";
import { showTotals, systemTotals } from "./totals.ts";

type Services = { readonly accounts: Documents<AccountView> };

export const totalsEndpoints = {
  showTotals: {
    method: "GET",
    route: "operator/totals",
    access: { operator: "any" },
    handler: ({ accounts }) => showTotals(systemTotals(accounts)),
  },
} as const satisfies Endpoints<Services>;
