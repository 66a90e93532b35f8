import type { EventStore } from "../../kernel/store/event-store.ts";
import type { IntegrationEvent } from "./integration-events.ts";
import { toIntegrationEvents } from "./to-integration-events.ts";

/** An event as it was before it was published, read from the commit that it tells of. Throws if there is none. */
export type OriginalOf = (event: IntegrationEvent) => Promise<IntegrationEvent>;

/**
 * A trigger hands over free texts that look like dates in another form (stored-texts.ts): whoever needs one of those reads
 * it here, for the price of a query.
 */
export function originalsIn(store: Pick<EventStore, "findByCommands">): OriginalOf {
  return async ({ id, source, causationid, traceparent }) => {
    const stream = source.replace("/saldo/", "");
    const commits = await store.findByCommands(stream, [causationid]);
    const original = commits.flatMap(toIntegrationEvents).find((event) => event.id === id);
    if (original === undefined) throw new Error(`No commit of ${stream} tells the event ${id}.`);
    return { ...original, traceparent };
  };
}
