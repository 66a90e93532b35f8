/**
 * Instances under way are replayed by today's code. Recorded ones of every stage stand for them: whatever they asked for
 * up to any pause, today's orchestrator has to ask for again.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  assertGoesOn,
  loadOrchestrators,
  type Recording,
  recordings,
  turnsOf,
} from "../support/process-recordings.ts";

const orchestrators = await loadOrchestrators();
const recorded = recordings();

function replayOf({ name }: Recording): Parameters<typeof assertGoesOn>[1] {
  const replay = orchestrators.get(name);
  assert.ok(
    replay,
    `Instances of ${name} may be under way: it has to stay until the last has ended, 367 days ` +
      "after its successor came (docs/adr/0010-processes.md). Then its recordings go with it.",
  );
  return replay;
}

test("each orchestrator there is has been recorded", () => {
  const names = new Set(recorded.map(({ name }) => name));
  assert.deepEqual([...orchestrators.keys()].sort(), [...names].sort());
});

describe("an instance under way goes on with today's code, at whichever pause it is", () => {
  for (const recording of recorded)
    test(`${recording.name}: ${recording.story}`, async (t) => {
      const replay = replayOf(recording);
      await assertGoesOn(recording, replay);
      const { isDone } = await replay(recording.instanceId, recording.history);
      assert.ok(isDone, "it has ended where it ended before");
      t.diagnostic(`${turnsOf(recording).length} turns`);
    });
});

const changes: Readonly<Record<string, (event: Recording["history"][number]) => object>> = {
  "another activity": (event) => ("Name" in event ? { ...event, Name: `${event.Name}-2` } : event),
  "another timer": (event) => ({ ...event, FireAt: new Date(0).toISOString() }),
  "another input": (event) => ("Input" in event ? { ...event, Input: '"other"' } : event),
};

for (const name of orchestrators.keys())
  describe(`a change that would break instances of ${name} is noticed`, () => {
    const recording = recorded.find((one) => one.name === name);
    assert.ok(recording);
    const { history } = recording;
    for (const [what, change] of Object.entries(changes))
      test(`${what} than it asked for`, async () => {
        const changed = history.map((event) => (event.EventId >= 0 ? change(event) : event));
        const other = { ...recording, history: changed as Recording["history"] };
        await assert.rejects(assertGoesOn(other, replayOf(recording)), /make a new version/);
      });

    test("one step less, or one more, than it asked for", async () => {
      const last = history.findLastIndex(({ EventId }) => EventId >= 0);
      const less = { ...recording, history: history.toSpliced(last, 1) };
      await assert.rejects(assertGoesOn(less, replayOf(recording)), /asked for nothing/);
      const more = {
        ...recording,
        history: history.toSpliced(last, 0, ...history.slice(last, last + 1)),
      };
      await assert.rejects(assertGoesOn(more, replayOf(recording)), /now asks for nothing/);
    });
  });

test("one version does not go on with what another has begun, where they differ", async () => {
  const newest = [...orchestrators.keys()].sort().at(-1) ?? "";
  const older = recorded.filter(({ name }) => name !== newest && orchestrators.has(name));
  const replay = orchestrators.get(newest);
  assert.ok(replay && older.length > 0);
  for (const recording of older)
    await assert.rejects(assertGoesOn(recording, replay), /now asks for a timer/, recording.story);
});
