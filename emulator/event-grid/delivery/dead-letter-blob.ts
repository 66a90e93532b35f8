import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../shared/json.ts";
import { toSchema } from "../publishing/events.ts";
import type { DeliveryRow } from "../storage/store.ts";
import type { Subscription } from "../subscription.ts";
import { parseConnectionString, putBlob } from "./blob-storage.ts";
import type { DeliveryServices } from "./delivery-services.ts";

/**
 * Writes dead letters into one blob of the subscription's container. Gives the status: 201 when it
 * is written, 404 when there is no such container, undefined when the storage gave no answer.
 */
export async function writeDeadLetters(
  subscription: Subscription,
  rows: readonly DeliveryRow[],
  { client, clock, onFailure }: DeliveryServices,
): Promise<number | undefined> {
  const destination = subscription.definition.deadLetterDestination;
  if (destination === undefined) return 404;
  const { connectionString = "UseDevelopmentStorage=true", blobContainerName } =
    destination.properties;
  const path = `${blobContainerName}/${blobName(subscription.name, clock.now())}`;
  const letters = rows.map((row) => toLetter(subscription, row));
  try {
    const account = parseConnectionString(connectionString);
    const status = await putBlob(client, account, { path, body: JSON.stringify(letters) });
    if (status !== 201) onFailure(new Error(`The storage answered ${status} to ${path}.`));
    return status;
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}

/** `SUBSCRIPTION/2026/8/5/13/<guid>.json` (documentation: "Set dead-letter location"). */
function blobName(subscription: string, nowMs: number): string {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()];
  const folder = `${subscription.toUpperCase()}/${year}/${month}/${day}/${now.getUTCHours()}`;
  return `${folder}/${randomUUID()}.json`;
}

/** The event in the delivery schema, with what happened to it. */
function toLetter({ topic, deliverySchema }: Subscription, row: DeliveryRow): JsonObject {
  const event = toSchema(JSON.parse(row.event) as JsonObject, topic.inputSchema, deliverySchema);
  const time = (ms: number | null): string | undefined =>
    ms === null ? undefined : new Date(ms).toISOString();
  const facts = {
    deadLetterReason: row.deadLetterReason,
    deliveryAttempts: row.attempts,
    lastDeliveryOutcome: row.lastOutcome,
    publishTime: time(row.publishedAt),
    lastDeliveryAttemptTime: time(row.lastAttemptAt),
  };
  if (deliverySchema === "EventGridSchema") return { ...event, ...facts };
  const lower = Object.entries(facts).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...event, ...(Object.fromEntries(lower) as JsonObject) };
}
