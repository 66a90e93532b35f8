/** Advances a clock by an hour again and again, and tells how many it is ahead, until it is killed. */
import { createClock } from "../../../../emulator/shared/clock.ts";

const [, , file = ""] = process.argv;
const hourMs = 3_600_000;
const clock = createClock({ file });

function advance(): void {
  clock.advance(hourMs);
  process.send?.(Math.round((clock.now() - Date.now()) / hourMs));
  setImmediate(advance);
}
advance();
