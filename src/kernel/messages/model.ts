/** What the kernel knows of the aggregates: it imports none of them, and is given this by the list of modules. */
import type { z } from "zod";
import { assert } from "../../../domain/kernel/assert.ts";
import type { Decider, Message, Reactor } from "../../../domain/kernel/decider.ts";
import type { Posting } from "../../../domain/kernel/postings.ts";
import { parseStream } from "../../../domain/kernel/streams.ts";
import type { CloudEvent } from "../../platform/event-grid/topic.ts";
import type { Commit, StoredEvent } from "./commit.ts";

export type Aggregate = {
  readonly decider: Decider;
  /** The primary reactions to its events, if it has any. */
  readonly reactor?: Reactor;
  /** The data of each command, as it may be stored or parked. */
  readonly commands: Readonly<Record<string, z.ZodType>>;
  /** The data of each event, by its type and version: a changed shape is a new version beside the old one. */
  readonly events: Readonly<Record<string, Readonly<Record<number, z.ZodType>>>>;
  /** The folded state, by today's fold. */
  readonly state: z.ZodType;
  /** What an event moves, as postings that balance; none if it moves no money. */
  postings(event: Message, stream: string): readonly Posting[];
  /** The integration events that tell of a commit, and of the commands that it rejects. */
  tell(commit: Commit): readonly CloudEvent[];
  /** The first place where a whole history does not add up, as a sentence; `undefined` if it does everywhere. */
  faultInSums?(stream: string, history: readonly Commit[]): string | undefined;
  /** Tells telemetry of an event that has become visible. */
  measure?(event: StoredEvent): void;
};

export type Model = {
  /** In charge of a stream; `undefined` if this version of the code knows no such category. */
  find(stream: string): Aggregate | undefined;
  /** The same where there must be one. Throws InvariantBroken. */
  of(stream: string): Aggregate;
};

/** Throws if two aggregates have one category, or an event or a command has no schema. */
export function modelOf(aggregates: readonly Aggregate[]): Model {
  const byCategory = new Map<string, Aggregate>();
  for (const aggregate of aggregates) {
    const { category } = aggregate.decider;
    if (byCategory.has(category)) throw new Error(`Two aggregates have the category ${category}.`);
    byCategory.set(category, aggregate);
    checkSchemas(aggregate);
  }
  const find: Model["find"] = (stream) => byCategory.get(parseStream(stream).category);
  return {
    find,
    of(stream) {
      const aggregate = find(stream);
      assert(aggregate !== undefined, `no aggregate for the category of stream ${stream}`);
      return aggregate;
    },
  };
}

function checkSchemas({ decider, commands, events }: Aggregate): void {
  const { category, commandTypes, eventTypes } = decider;
  for (const type of commandTypes)
    if (!Object.hasOwn(commands, type))
      throw new Error(`The command ${type} of ${category} has no schema.`);
  for (const type of eventTypes)
    if (!Object.hasOwn(events, type))
      throw new Error(`The event ${type} of ${category} has no schema.`);
}

/** `undefined` if this version of the code knows no such event. */
export function eventSchema(
  { events }: Aggregate,
  { type, v }: Pick<StoredEvent, "type" | "v">,
): z.ZodType | undefined {
  return Object.hasOwn(events, type) ? events[type]?.[v] : undefined;
}
