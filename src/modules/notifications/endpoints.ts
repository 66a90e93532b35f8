import type { Endpoints } from "../../kernel/endpoints/endpoint.ts";
import { steadyClock } from "../../platform/clock.ts";
import type { NotificationOutbox } from "./outbox.ts";
import { showNotifications, streamNotifications } from "./show-notifications.ts";

type Services = { readonly outbox: NotificationOutbox };

export const notificationEndpoints = {
  showNotifications: {
    method: "GET",
    route: "accounts/{accountId}/notifications",
    access: { customer: "own" },
    handler: ({ outbox }) => showNotifications({ outbox, clock: steadyClock }),
  },
  streamNotifications: {
    method: "GET",
    route: "accounts/{accountId}/notifications/stream",
    access: { customer: "own" },
    handler: ({ outbox }) => streamNotifications({ outbox, clock: steadyClock }),
  },
} as const satisfies Endpoints<Services>;
