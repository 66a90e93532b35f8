/** What commands and events have in common: a name and plain JSON data. */
export type Message = { readonly type: string; readonly data: object };

/** The answer to a command. `accepted([])` means: already so, nothing to do. */
export type Decision<Event, Code extends string> =
  | { readonly kind: "accepted"; readonly events: readonly Event[] }
  | { readonly kind: "rejected"; readonly code: Code };

export function accepted<Event>(...events: readonly Event[]): Decision<Event, never> {
  return { kind: "accepted", events };
}

export function rejected<Code extends string>(code: Code): Decision<never, Code> {
  return { kind: "rejected", code };
}

/**
 * One aggregate: how a command is decided upon a state, and how events make that state. Pure and total.
 *
 * Methods, not function properties, on purpose: their parameters are compared bivariantly, so the catalog can hold
 * deciders of different aggregates as `Decider<Message, unknown, Message, string>`. Safe because a stream's category
 * names its decider, and a stream only ever holds that decider's messages.
 */
export type Decider<
  Command extends Message = Message,
  State = unknown,
  Event extends Message = Message,
  Code extends string = string,
> = {
  /** First part of the names of its streams: `account` in `account-17`. */
  readonly category: string;
  /** Raised whenever State or evolve changes: snapshots of another fold are not trusted. */
  readonly foldVersion: number;
  readonly initialState: State;
  /** Every command type it decides; anything else is not from this version of the code. */
  readonly commandTypes: readonly Command["type"][];
  /** Every event type it has ever stored. */
  readonly eventTypes: readonly Event["type"][];
  decide(command: Command, state: State): Decision<Event, Code>;
  evolve(state: State, event: Event): State;
  /** One sentence for people about a rejection code. */
  explain(code: Code): string;
};

/**
 * A consequence of an event: a command for another stream. Pure; its id is derived from what caused it and the step,
 * so that however often the event is delivered, the command takes effect once.
 */
export type Reaction = {
  readonly stream: string;
  readonly commandId: string;
  readonly command: Message;
};

/** The primary reactions of one category: event in → commands out. */
export type Reactor<Command extends Message = Message, Event extends Message = Message> = {
  readonly category: string;
  react(event: Event, stream: string): readonly Reaction[];
  /**
   * Where the consequences of a command end: it is settled once one of these commands has been handled on the same
   * stream. Empty if the command has no consequences beyond its own stream.
   */
  settledBy(command: Command, commandId: string, stream: string): readonly string[];
  /** Whether what follows the event waits for a person or an instant: nobody holds a request open for that. */
  waits(event: Event): boolean;
};
