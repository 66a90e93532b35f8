/**
 * Sends events to the topic in as few requests as possible: what comes while requests are under way travels together
 * in the next one.
 */
import { type CloudEvent, EventsRefused, type Topic } from "../platform/event-grid/topic.ts";

/** Resolves once the topic has all of these events; throws as `Topic.send` does. */
export type Publish = (events: readonly CloudEvent[]) => Promise<void>;

/** Azure takes 1 MB a request; the rest is for what JSON adds around the events. */
const mostBytes = 900_000;
const mostEvents = 1_000;
const mostRequests = 2;

type Waiting = {
  readonly events: readonly CloudEvent[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

export function publisher(topic: Topic): Publish {
  const queue: Waiting[] = [];
  let underWay = 0;

  const sendTogether = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await topic.send(batch.flatMap(({ events }) => events));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // Whose event was it? Alone, each call gets its own answer.
      if (batch.length > 1 && error instanceof EventsRefused)
        for (const one of batch) await sendTogether([one]);
      else for (const { reject } of batch) reject(error);
    }
  };

  const drain = async (): Promise<void> => {
    underWay += 1;
    await Promise.resolve(); // whatever else arrives in this turn goes along
    while (queue.length > 0) await sendTogether(takeTogether(queue));
    underWay -= 1;
  };

  const publishPart = (events: readonly CloudEvent[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const bytes = bytesOf(events);
      queue.push({ events, bytes, resolve, reject });
      if (underWay < mostRequests && queue.length === 1) void drain();
    });

  return async (events) => {
    await Promise.all(partsOf(events).map(publishPart));
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

function takeTogether(queue: Waiting[]): Waiting[] {
  let bytes = 0;
  let events = 0;
  let count = 0;
  for (const waiting of queue) {
    bytes += waiting.bytes;
    events += waiting.events.length;
    if (count > 0 && (bytes > mostBytes || events > mostEvents)) break;
    count += 1;
  }
  return queue.splice(0, count);
}
