import { setTimeout as pause } from "node:timers/promises";

const betweenLooksMs = 25;

/** Looks until there is something to see; what takes longer than anybody would wait has failed. */
export async function eventually<Seen>(
  what: string,
  look: () => Promise<Seen | undefined | false>,
  withinMs = 90_000,
): Promise<Seen> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadlineMs)
      throw new Error(`In ${withinMs / 1_000} s it has not come to this: ${what}.`);
    await pause(betweenLooksMs);
  }
}
