import { jsonApi } from "./source.ts";

/** The embedded Event Grid's own management, without which only Azure Monitor would tell (docs/emulator-event-grid.md). */
export type EventGrid = {
  subscriptions(): Promise<readonly Subscription[]>;
  /** The latest attempts, newest first. */
  deliveries(topic: string, name: string): Promise<readonly Delivery[]>;
};

export type Subscription = {
  readonly topic: string;
  readonly name: string;
  readonly state: string;
  readonly counts: {
    readonly matched: number;
    readonly delivered: number;
    readonly failedAttempts: number;
    readonly deadLettered: number;
    readonly dropped: number;
    readonly waiting: number;
    readonly waitingDeadLetters: number;
  };
  readonly definition: {
    readonly destination?: {
      readonly endpointType?: string;
      readonly properties?: { readonly endpointUrl?: string };
    };
    readonly filter?: { readonly includedEventTypes?: readonly string[] };
  };
};

export type Delivery = {
  readonly at: string;
  readonly eventIds: readonly string[];
  readonly attempt: number;
  readonly outcome: string;
  readonly status?: number;
  readonly durationMs: number;
};

export const eventGridAt = (eventGridUrl: string): EventGrid => {
  const api = jsonApi("Event Grid", eventGridUrl);
  return {
    subscriptions: async () =>
      ((await api.get("/subscriptions")) as { subscriptions: Subscription[] }).subscriptions,
    deliveries: async (topic, name) => {
      const path = [topic, "eventSubscriptions", name].map(encodeURIComponent).join("/");
      return ((await api.get(`/topics/${path}/deliveries`)) as { deliveries: Delivery[] })
        .deliveries;
    },
  };
};

/** Where it delivers, without the key that the address may hold. */
export const endpointOf = ({ definition }: Subscription): string => {
  const url = definition.destination?.properties?.endpointUrl ?? "";
  return url.replaceAll(/([?&](?:code|key)=)[^&]*/g, "$1…");
};
