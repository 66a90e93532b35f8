import type { DeliveryServices } from "../delivery/delivery-services.ts";
import type { Pending } from "../delivery/pending.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { Registry, Runtime } from "../registry.ts";
import { targetOf } from "../rules.ts";
import type { Topic } from "../topic.ts";

type Planned = {
  readonly runtime: Runtime;
  readonly event: string;
  readonly bytes: number;
  readonly dueAt: number;
};

/**
 * Accepts events: resolves when they are durable for every subscription that wants them, and
 * delivers them from then on.
 */
export async function publish(
  topic: Topic,
  events: readonly JsonObject[],
  registry: Registry,
  services: DeliveryServices,
): Promise<void> {
  const { store, clock } = services;
  const publishedAt = clock.now();
  const runtimes = registry.runtimes(topic).filter(({ state }) => state === "Succeeded");
  const planned = events.flatMap((event) => plan(event, runtimes, publishedAt, services));
  if (planned.length === 0) return;
  const deliveries = await store.transactions.run(() =>
    planned.map(({ runtime, event, bytes, dueAt }): Pending & { readonly runtime: Runtime } => {
      const subscription = runtime.subscription.number;
      const number = store.insertDelivery({ subscription, event, publishedAt, dueAt });
      return { runtime, number, attempts: 0, dueAt, publishedAt, bytes };
    }),
  );
  for (const runtime of new Set(planned.map((each) => each.runtime))) {
    const { topic: of, name } = runtime.subscription;
    const own = deliveries.filter((each) => each.runtime === runtime);
    // The subscription may have been updated meanwhile.
    const current = registry.findRuntime(of.name, name);
    current?.statistics.count("matched", own.length);
    current?.queue.add(own);
  }
}

function plan(
  event: JsonObject,
  runtimes: readonly Runtime[],
  publishedAt: number,
  { weather }: DeliveryServices,
): readonly Planned[] {
  const wanting = runtimes.filter(({ subscription }) => subscription.matches(event));
  if (wanting.length === 0) return [];
  const text = JSON.stringify(event);
  const bytes = Buffer.byteLength(text);
  return wanting.flatMap((runtime) =>
    weather
      .delaysMs(targetOf(runtime.subscription, event))
      .map((delayMs) => ({ runtime, event: text, bytes, dueAt: publishedAt + delayMs })),
  );
}
