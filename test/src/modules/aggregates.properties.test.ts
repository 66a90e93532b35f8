/**
 * What must hold for every decider there is. A new aggregate is covered as soon as it is listed: without
 * commands to try it with, this suite fails.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { aggregates } from "../../../src/modules/aggregates.ts";
import type { Decider, Message } from "../../../domain/kernel/decider.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import { anyCommand } from "../../support/account-commands.ts";

/** Commands to try a decider with, by category. */
const commandsOf: Record<string, (id: string, commandId: string) => fc.Arbitrary<Message>> = {
  account: anyCommand,
};

type Step = { command: Message; state: unknown; decision: ReturnType<Decider["decide"]> };

/** Decides commands one after another; answers every step and the final state. */
function run(decider: Decider, commands: readonly Message[]): { steps: Step[]; state: unknown } {
  let state = decider.initialState;
  const steps: Step[] = [];
  for (const command of commands) {
    const decision = decideUnlessBroken(decider, command, state);
    if (decision === undefined) continue;
    steps.push({ command, state, decision });
    if (decision.kind === "accepted")
      for (const event of decision.events) state = decider.evolve(state, event);
  }
  return { steps, state };
}

/** A command that only a bug could send stops at a broken invariant, and nothing is decided. */
function decideUnlessBroken(
  decider: Decider,
  command: Message,
  state: unknown,
): Step["decision"] | undefined {
  try {
    return decider.decide(command, state);
  } catch (error) {
    assert.equal((error as Error).name, "InvariantBroken");
    return undefined;
  }
}

for (const { decider } of aggregates)
  describe(`the decider of ${streamOf(decider.category, "…")}`, () => {
    const generator = commandsOf[decider.category];
    assert.ok(generator, `give the property suite commands for ${decider.category}`);
    const histories = fc
      .array(fc.nat(99), { maxLength: 40 })
      .chain((ids) => fc.tuple(...ids.map((id) => generator("ada", `c${id}`))));

    const holds = (property: (commands: readonly Message[]) => void): void => {
      fc.assert(fc.property(histories, property), { numRuns: 300 });
    };

    test("decides every command of its own, and knows the events it answers with", () => {
      holds((commands) => {
        for (const { decision } of run(decider, commands).steps)
          if (decision.kind === "accepted")
            for (const event of decision.events) assert.ok(decider.eventTypes.includes(event.type));
          else assert.ok(decider.explain(decision.code).endsWith("."));
      });
    });

    test("decides the same upon the same state, and changes neither state nor command", () => {
      holds((commands) => {
        for (const { command, state, decision } of run(decider, commands).steps) {
          const before = JSON.stringify([command, state]);
          assert.deepEqual(decider.decide(command, state), decision);
          assert.equal(JSON.stringify([command, state]), before);
        }
      });
    });

    test("comes to the same state when its events have been through JSON", () => {
      holds((commands) => {
        const { steps, state } = run(decider, commands);
        const events = steps.flatMap(({ decision }) =>
          decision.kind === "accepted" ? decision.events : [],
        );
        const stored = JSON.parse(JSON.stringify(events)) as Message[];
        assert.deepEqual(stored, events);
        const folded = stored.reduce(
          (next, event) => decider.evolve(next, event),
          decider.initialState,
        );
        assert.deepEqual(folded, state);
        assert.deepEqual(JSON.parse(JSON.stringify(folded)), folded);
      });
    });
  });
