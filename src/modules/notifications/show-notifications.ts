/** What the owner of an account should know: asked for page by page, or pushed as server-sent events. */
import { z } from "zod";
import { readParameter, readWait } from "../../kernel/http/read-request.ts";
import type { Clock } from "../../platform/clock.ts";
import { type HttpHandler, type HttpRequest, json } from "../../platform/http/exchange.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";
import type { NotificationOutbox, StoredNotification } from "./outbox.ts";
import { accountIdOf } from "../account/show-account.ts";

type Dependencies = {
  readonly outbox: Pick<NotificationOutbox, "after" | "lastNumber" | "listen">;
  readonly clock: Clock;
};

/** `GET /api/accounts/{accountId}/notifications`: held by `Prefer: wait=N` until there is something to tell. */
export function showNotifications(dependencies: Dependencies): HttpHandler {
  return async (request) => {
    const accountId = accountIdOf(request);
    const limit = readParameter("limit", request.query.get("limit") ?? "50", limitSchema);
    const after = readParameter("after", request.query.get("after") ?? "0", cursorSchema);
    const { forMs } = readWait(request);
    const found = await awaitNotifications(dependencies, { accountId, after, limit }, forMs);
    const next = found.at(-1)?.number ?? after;
    return json(200, { items: found.filter(isReadable).map(itemOf), next: `${next}` });
  };
}

/**
 * `GET /api/accounts/{accountId}/notifications/stream`: server-sent events by long polling. Waits for something after
 * `Last-Event-ID` (or `?lastEventId=`), answers with all of it as a complete event stream, and closes; an `EventSource`
 * comes back by itself after the `retry` time and names the last id it has seen (HTML standard, "Server-sent events").
 *
 * No response is kept open: passing on a streamed body takes `enableHttpStream`, which sends every request of the app
 * through a proxy, and Azure's load balancer ends an answer after 230 s anyway ("Azure Functions hosting options").
 * Nor does a stream that nobody reads any more hold its place in an instance for longer than one wait.
 *
 * A fault of the platform is told as a comment with a longer `retry`: an `EventSource` gives up for good at any other
 * status than 200.
 */
export function streamNotifications(
  dependencies: Dependencies,
  { holdMs = 20_000 }: { readonly holdMs?: number } = {},
): HttpHandler {
  return async (request, log) => {
    const accountId = accountIdOf(request);
    const after = readParameter("lastEventId", lastEventId(request) ?? "0", cursorSchema);
    try {
      const asked = { accountId, after, limit: mostItems };
      const found = await awaitNotifications(dependencies, asked, holdMs);
      return eventStream(reconnectMs, found.length === 0 ? ": nothing new\n\n" : blocksOf(found));
    } catch (error) {
      if (!(error instanceof PlatformFault)) throw error;
      log.error(error.message);
      const { retryAfterMs = 0 } = error;
      return eventStream(Math.max(retryAfterMs, faultReconnectMs), ": unavailable\n\n");
    }
  };
}

const mostItems = 200;
const reconnectMs = 100;
const faultReconnectMs = 5_000;

const limitSchema = z.coerce
  .number("must be a number.")
  .int("must be a whole number.")
  .min(1, "must be at least 1.")
  .max(mostItems, `must be at most ${mostItems}.`);

const cursorSchema = z
  .string()
  .regex(/^\d{1,15}$/, "must be the `next` of an earlier answer.")
  .transform(Number);

function lastEventId(request: HttpRequest): string | null {
  return request.headers.get("last-event-id") ?? request.query.get("lastEventId");
}

/** Between looks at the store while waiting: soon at first, then more and more patiently. */
const firstLookMs = 250;
const longestLookMs = 2_000;

type Asked = { readonly accountId: string; readonly after: number; readonly limit: number };

/** What comes after the cursor, as soon as there is something; nothing if the time is up before. */
async function awaitNotifications(
  { outbox, clock }: Dependencies,
  { accountId, after, limit }: Asked,
  forMs: number,
): Promise<readonly StoredNotification[]> {
  const deadlineMs = clock.now() + forMs;
  // Listening begins before the first look, so that nothing comes in between.
  const listening = outbox.listen(accountId);
  try {
    for (let lookMs = firstLookMs; ; lookMs = Math.min(lookMs * 2, longestLookMs)) {
      // That there is nothing new is told by a point read, for less than half of what a query costs.
      const isNew = (await outbox.lastNumber(accountId)) > after;
      const found = isNew ? await outbox.after(accountId, after, limit) : [];
      const leftMs = deadlineMs - clock.now();
      if (found.length > 0 || leftMs <= 0) return found;
      await listening.next(Math.min(lookMs, leftMs));
    }
  } finally {
    listening.stop();
  }
}

/** What is damaged is passed over: it would be nothing to its reader, and must not keep them from the rest. */
function isReadable({ id, at, type, text }: Partial<StoredNotification>): boolean {
  return [id, at, type, text].every((value) => typeof value === "string");
}

function itemOf(stored: StoredNotification): object {
  const { id, at, type, text, transferId, amount, currency, counterparty, reason } = stored;
  // JSON leaves out what is undefined.
  return {
    notificationId: id,
    at,
    type,
    text,
    transferId,
    amount,
    currency,
    counterparty,
    reason,
  };
}

function eventStream(retryMs: number, blocks: string): Awaited<ReturnType<HttpHandler>> {
  return {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    body: `retry: ${retryMs}\n\n${blocks}`,
  };
}

function blocksOf(notifications: readonly StoredNotification[]): string {
  return notifications
    .filter(isReadable)
    .map(
      (notification) =>
        `id: ${notification.number}\nevent: ${notification.type}\n` +
        `data: ${JSON.stringify(itemOf(notification))}\n\n`,
    )
    .join("");
}
