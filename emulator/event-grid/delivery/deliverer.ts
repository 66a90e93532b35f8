import type { JsonObject } from "../../shared/json.ts";
import { targetOf } from "../rules.ts";
import { attempt, type Attempt } from "./attempt.ts";
import { deliveryRequest, ownHeaders } from "./delivery-request.ts";
import type { DeliveryServices } from "./delivery-services.ts";
import type { Loaded, Pending } from "./pending.ts";
import type { QueueContext } from "./queue-context.ts";
import { createSettlement } from "./settlement.ts";

export type Delivered = {
  /** What must be tried again, when it is due. */
  readonly again: readonly Pending[];
  /** After a time-out: resolves to what of it the endpoint accepted after all. */
  readonly late?: Promise<readonly Pending[]>;
};

/** Makes the attempts of one subscription. */
export type Deliverer = {
  /** Tries to deliver events in one request. */
  deliver(batch: readonly Pending[]): Promise<Delivered>;
  /** Ends deliveries that the endpoint has accepted. */
  complete(deliveries: readonly Pending[]): void;
};

export function createDeliverer(context: QueueContext, services: DeliveryServices): Deliverer {
  const { subscription, statistics } = context;
  const { clock, store, weather } = services;
  const settlement = createSettlement(context, services);

  /** Reads the events, and puts aside those whose time is over: it is looked at only now. */
  const load = (batch: readonly Pending[]): readonly Loaded[] => {
    // The outcome of an earlier attempt may be still on its way to the store.
    if (batch.some(({ attempts }) => attempts > 0)) store.transactions.flush();
    return batch.flatMap((pending): readonly Loaded[] => {
      const row = store.readDelivery(pending.number);
      if (row === undefined) return [];
      if (clock.now() - pending.publishedAt >= subscription.timeToLiveMs) {
        settlement.expire(row);
        return [];
      }
      return [{ pending, row, event: JSON.parse(row.event) as JsonObject }];
    });
  };

  const attemptOnce = async (sent: readonly Loaded[], attempts: number): Promise<Attempt> => {
    const events = sent.map(({ event }) => event);
    const isLost =
      attempts === 0 &&
      events.some((event) => weather.dropsFirstAttempt(targetOf(subscription, event)));
    if (isLost) return { outcome: "SocketError" };
    return attempt(deliveryRequest(subscription, events, attempts), services);
  };

  const deliver = async (batch: readonly Pending[]): Promise<Delivered> => {
    const { sent, rest } = alike(context, load(batch));
    const others = rest.map(({ pending }) => pending);
    const [first] = sent;
    if (first === undefined) return { again: others };
    const startedAt = clock.now();
    const ended = await attemptOnce(sent, first.pending.attempts);
    statistics.record({
      at: new Date(startedAt).toISOString(),
      eventIds: sent.map(({ event }) => String(event["id"])),
      attempt: first.pending.attempts + 1,
      outcome: ended.outcome,
      ...(ended.status !== undefined && { status: ended.status }),
      durationMs: clock.now() - startedAt,
    });
    if (ended.outcome === "Delivered") {
      settlement.complete(sent.map(({ pending }) => pending));
      return { again: others };
    }
    const failed = settlement.fail(sent, ended, startedAt);
    const again = [...others, ...failed];
    return ended.late === undefined ? { again } : { again, late: accepted(ended.late, failed) };
  };

  return { deliver, complete: settlement.complete };
}

async function accepted(
  late: Promise<boolean>,
  failed: readonly Pending[],
): Promise<readonly Pending[]> {
  return (await late) ? failed : [];
}

/** A request has one set of headers: events that map to others go into one of their own. */
function alike(
  { subscription }: QueueContext,
  loaded: readonly Loaded[],
): { readonly sent: readonly Loaded[]; readonly rest: readonly Loaded[] } {
  if (loaded.length < 2) return { sent: loaded, rest: [] };
  const headers = loaded.map(({ event }) => JSON.stringify(ownHeaders(subscription, event)));
  return {
    sent: loaded.filter((_, index) => headers[index] === headers[0]),
    rest: loaded.filter((_, index) => headers[index] !== headers[0]),
  };
}
