import { systemClock } from "../clock.ts";
import { measure } from "./metrics.ts";
import { isRecording } from "./recording.ts";

/** Handles a feed's batch and tells how large it is, how old when it came, and how long it took. */
export async function measuredBatch(
  feed: string,
  documents: readonly object[],
  handle: (documents: readonly object[]) => Promise<void>,
): Promise<void> {
  if (!isRecording()) return handle(documents);
  const nowMs = systemClock.now();
  const oldestMs = Math.min(nowMs, ...documents.flatMap(writtenMs));
  measure("saldo.feed.lag_ms", nowMs - oldestMs, { feed });
  measure("saldo.feed.batch_size", documents.length, { feed });
  const startedAt = performance.now();
  try {
    await handle(documents);
  } finally {
    measure("saldo.stage.duration_ms", performance.now() - startedAt, { stage: `feed ${feed}` });
  }
}

/** When a document was written: commands tell it by `acceptedAt`, commits by `at`. Nothing of one that does not tell. */
function writtenMs(document: object): readonly number[] {
  const { at, acceptedAt = at } = document as {
    readonly at?: unknown;
    readonly acceptedAt?: unknown;
  };
  const ms = Date.parse(String(acceptedAt));
  return Number.isNaN(ms) ? [] : [ms];
}
