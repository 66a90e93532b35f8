/** Runs the service in a process of its own, which a test kills. */
import { startEventGrid } from "../../../../emulator/event-grid/index.ts";
import { createClock } from "../../../../emulator/shared/clock.ts";

const [, , file = ""] = process.argv;
const clock = createClock();
const grid = await startEventGrid({ file, clock, port: 0 });
process.send?.(grid.url);
process.on("message", (ms: number) => {
  clock.advance(ms);
});
