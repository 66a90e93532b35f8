import type { Reaction } from "./decider.ts";

/**
 * One process manager: news, or the time, in → commands out. Pure: its driver (Durable Functions) waits, times, looks, and
 * stores the commands. Instants are milliseconds since the epoch. A process begins by looking.
 */
export type Process<State, News> = {
  readonly initialState: State;
  /** News has come by itself: perhaps again, in another order, or late. */
  hear(state: State, news: News, atMs: number): Step<State>;
  /** The process has looked, and this is how things stand. */
  see(state: State, news: News, atMs: number): Step<State>;
  /** The instant that the last step asked for has come. */
  wake(state: State, atMs: number): Step<State>;
};

export type Step<State> = {
  readonly state: State;
  /** Their ids are derived from process and step: issuing one twice is issuing it once. */
  readonly commands: readonly Reaction[];
  readonly next: Next;
};

/** What the driver does next: wait for news until an instant, look how things stand, or be done. */
export type Next =
  | { readonly kind: "wait"; readonly untilMs: number }
  | { readonly kind: "look" }
  | { readonly kind: "done" };
