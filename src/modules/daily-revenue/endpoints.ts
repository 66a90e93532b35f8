import type { Endpoints } from "../../kernel/endpoints/endpoint.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import type { RevenueDocument } from "./count-revenue.ts";
import { showRevenue } from "./show-revenue.ts";

type Services = { readonly revenue: Documents<RevenueDocument> };

export const revenueEndpoints = {
  showRevenue: {
    method: "GET",
    route: "operator/revenue",
    access: { operator: "any" },
    handler: ({ revenue }) => showRevenue(revenue),
  },
} as const satisfies Endpoints<Services>;
