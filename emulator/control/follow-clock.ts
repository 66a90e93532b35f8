import { setTimeout as pause } from "node:timers/promises";
import { type AdjustableClock, createClock, mostAheadMs } from "../shared/clock.ts";
import { isJsonObject, wholeNumberAt } from "../shared/json.ts";

const pauseAfterFailureMs = 250;

/**
 * The clock of emulated services in another process, followed through their control door from now on: it is advanced as
 * soon as theirs is. While the door is away, the time goes on as it was; and it never goes back.
 * @param signal ends the following
 * @throws TypeError when nobody answers at the door, Error when it is no control door
 */
export async function followClock(doorUrl: string, signal: AbortSignal): Promise<AdjustableClock> {
  const clock = createClock();
  const take = async (path: string): Promise<void> => {
    const aheadMs = await askAhead(`${doorUrl}${path}`, signal);
    if (aheadMs > clock.aheadMs()) clock.advance(aheadMs - clock.aheadMs());
  };
  await take("/clock");
  void follow(() => take(`/clock/beyond/${clock.aheadMs()}`), signal);
  return clock;
}

/** A door that is away is no failure: its services may have been stopped, and come back. */
async function follow(take: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await take();
    } catch {
      await pause(pauseAfterFailureMs, undefined, { ref: false });
    }
  }
}

async function askAhead(url: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(url, { signal });
  const answer: unknown = await response.json();
  try {
    return wholeNumberAt(isJsonObject(answer) ? answer : {}, "aheadMs", {
      least: 0,
      most: mostAheadMs,
    });
  } catch (error) {
    throw new Error(`${url} does not tell how far its clock was advanced.`, { cause: error });
  }
}
