/** A control door in a process of its own, which it kills. */
import { openControlDoor } from "../../../../emulator/control/control-door.ts";
import { meter } from "../../../../emulator/control/usage.ts";
import { createFaults } from "../../../../emulator/cosmos/faults.ts";
import { createClock } from "../../../../emulator/shared/clock.ts";

const { url } = await openControlDoor(
  {
    clock: createClock(),
    faults: createFaults(),
    meter: meter(() => Promise.reject(new Error("There is no account here."))),
  },
  { port: 0 },
);
process.send?.(url);
