/** Every endpoint that is not open to everybody. What is not listed does not exist; who may ask stands in its row. */
import { statusEndpoints } from "../kernel/ingress/endpoints.ts";
import { recoveryEndpoints } from "../kernel/operations/endpoints.ts";
import { accountEndpoints } from "./account/endpoints.ts";
import { revenueEndpoints } from "./daily-revenue/endpoints.ts";
import { notificationEndpoints } from "./notifications/endpoints.ts";
import { totalsEndpoints } from "./totals/endpoints.ts";
import { transferEndpoints } from "./transfer/endpoints.ts";

export const guardedEndpoints = {
  ...accountEndpoints,
  ...transferEndpoints,
  ...statusEndpoints,
  ...notificationEndpoints,
  ...revenueEndpoints,
  ...totalsEndpoints,
  ...recoveryEndpoints,
};

export type Action = keyof typeof guardedEndpoints;
