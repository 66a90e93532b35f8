/**
 * Sends events to the topic in as few requests as possible: what comes while requests are under way travels together
 * in the next one.
 */
import { batching } from "../../platform/batching.ts";
import { type CloudEvent, EventsRefused, type Topic } from "../../platform/event-grid/topic.ts";

/** Resolves once the topic has all of these events; throws as `Topic.send` does. */
export type Publish = (events: readonly CloudEvent[]) => Promise<void>;

/** Azure takes 1 MB a request; the rest is for what JSON adds around the events. */
const mostBytes = 900_000;
const mostEvents = 1_000;
const mostRequests = 2;

type Part = { readonly events: readonly CloudEvent[]; readonly bytes: number };

export function publisher(topic: Topic): Publish {
  const publishPart = batching<Part>({
    run: (parts) => topic.send(parts.flatMap(({ events }) => events)),
    fit: fitting,
    isOfOne: (error) => error instanceof EventsRefused,
    mostUnderWay: mostRequests,
    gathersTurn: true,
  });
  return async (events) => {
    await Promise.all(
      partsOf(events).map((part) => publishPart({ events: part, bytes: bytesOf(part) })),
    );
  };
}

/** As few parts as can each be sent in one request. */
function partsOf(events: readonly CloudEvent[]): readonly (readonly CloudEvent[])[] {
  const parts: CloudEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const last = parts.at(-1);
    const size = bytesOf(event);
    bytes += size;
    if (last !== undefined && bytes <= mostBytes && last.length < mostEvents) last.push(event);
    else {
      parts.push([event]);
      bytes = size;
    }
  }
  return parts;
}

function bytesOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** How many of these parts one request takes. */
function fitting(parts: readonly Part[]): number {
  let bytes = 0;
  let events = 0;
  const end = parts.findIndex((part, index) => {
    bytes += part.bytes;
    events += part.events.length;
    return index > 0 && (bytes > mostBytes || events > mostEvents);
  });
  return end === -1 ? parts.length : end;
}
