import { systemClock } from "../clock.ts";
import { measure } from "./metrics.ts";
import { isRecording } from "./recording.ts";

/** A document that tells when it was written: commands by `acceptedAt`, commits by `at`. */
export type Dated = { readonly acceptedAt: string } | { readonly at: string };

/** Handles a feed's batch and tells how large it is, how old when it came, and how long it took. */
export async function measuredBatch<Document extends Dated>(
  feed: string,
  documents: readonly Document[],
  handle: (documents: readonly Document[]) => Promise<void>,
): Promise<void> {
  if (!isRecording()) return handle(documents);
  const writtenMs = documents.map((document) =>
    Date.parse("at" in document ? document.at : document.acceptedAt),
  );
  measure("saldo.feed.lag_ms", Math.max(0, systemClock.now() - Math.min(...writtenMs)), { feed });
  measure("saldo.feed.batch_size", documents.length, { feed });
  const startedAt = performance.now();
  try {
    await handle(documents);
  } finally {
    measure("saldo.stage.duration_ms", performance.now() - startedAt, { stage: `feed ${feed}` });
  }
}
