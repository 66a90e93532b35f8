/** Custom topics of Azure Event Grid on one machine: see docs/emulator-event-grid.md. */
export { startEventGrid, type EventGrid, type EventGridOptions } from "./event-grid.ts";
export type { SubscriptionInfo } from "./management/subscriptions.ts";
export type { TopicInfo } from "./management/topics.ts";
export type { WeatherRule } from "./rules.ts";
export type { SubscriptionDefinition } from "./subscription.ts";
