/** given(…events).when(command).then(…events): a decider's behaviour as a sentence. */
import assert from "node:assert/strict";
import type { Decider, Message } from "../../domain/kernel/decider.ts";

type Then<Event, Code> = {
  /** Exactly these events, and no rejection. */
  then(...events: readonly Event[]): void;
  thenNothing(): void;
  thenRejected(code: Code): void;
};

export function specification<C extends Message, S, E extends Message, Code extends string>(
  decider: Decider<C, S, E, Code>,
): (...events: readonly E[]) => { when(command: C): Then<E, Code> } {
  return (...events) => ({
    when(command) {
      const state = events.reduce(
        (folded, event) => decider.evolve(folded, event),
        decider.initialState,
      );
      const decision = decider.decide(command, state);
      const expectEvents = (expected: readonly E[]): void => {
        assert.deepEqual(decision, { kind: "accepted", events: expected });
      };
      return {
        then: (...expected) => {
          expectEvents(expected);
        },
        thenNothing: () => {
          expectEvents([]);
        },
        thenRejected: (code) => {
          assert.deepEqual(decision, { kind: "rejected", code });
        },
      };
    },
  });
}
