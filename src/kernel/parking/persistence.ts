import type { Clock } from "../../platform/clock.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";
import { count } from "../../platform/telemetry/metrics.ts";
import type { Stage } from "./letter.ts";

/** Between attempts at a platform fault before it goes to the host. */
const retryDelaysMs = [50, 200, 800];

/** Rides out short platform faults; lets a longer one out. */
export type Persistence = <Result>(stage: Stage, action: () => Promise<Result>) => Promise<Result>;

export function persistence(clock: Clock): Persistence {
  return async (stage, action) => {
    for (const delayMs of retryDelaysMs)
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof PlatformFault)) throw error;
        count("saldo.retries", { stage });
        await clock.sleep(Math.max(delayMs * (0.5 + Math.random()), error.retryAfterMs ?? 0));
      }
    return action();
  };
}
