import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { showProgress, type RunState } from "../../simulator/progress.ts";
import { newTally } from "../../simulator/world/tally.ts";

const written = (context: TestContext, isTTY: boolean, elapsedMs: number): string[] => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const texts: string[] = [];
  const output = {
    isTTY,
    write: (text: string | Uint8Array) => {
      texts.push(String(text));
      return true;
    },
  };
  const tally = { ...newTally(), intentions: 12, accepted: 9, retries: 2, inFlight: 3 };
  const state: RunState = { phase: "playing", elapsedMs, tally, audited: { done: 0, all: 0 } };
  const stop = showProgress(output, () => state);
  context.mock.timers.tick(elapsedMs);
  stop();
  context.mock.timers.tick(elapsedMs);
  return texts;
};

describe("The progress of a run", () => {
  it("is a line every few seconds where nobody watches, and one at the end", (context) => {
    const lines = written(context, false, 6_500);
    assert.equal(lines.length, 3);
    for (const line of lines) {
      assert.match(
        line,
        /^ +6\.5 s {2}playing; sent 12, accepted 9, .*retries 2, in flight 3.*\n$/,
      );
      assert.ok(!line.includes("\x1b") && line.indexOf("\n") === line.length - 1);
    }
  });

  it("is one block, drawn again and again, on a terminal", (context) => {
    const blocks = written(context, true, 1_000);
    assert.equal(blocks.length, 5);
    assert.ok(!blocks[0]?.includes("\x1b"));
    for (const block of blocks.slice(1)) assert.ok(block.startsWith("\x1b[3A\x1b[0J"));
    for (const block of blocks) assert.equal(block.split("\n").length, 4);
  });
});
