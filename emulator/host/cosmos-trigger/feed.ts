import type { Clock } from "../../shared/clock.ts";
import type { CosmosClient, ContainerName, FeedPosition } from "../cosmos-client/index.ts";
import { CosmosError } from "../cosmos-client/index.ts";
import { describeError } from "../log.ts";
import type { Outcome } from "../retry.ts";
import { LeaseLostError, type Lease } from "./leases.ts";
import type { WakeSignal } from "./wake-signal.ts";

export type Feed = {
  readonly client: CosmosClient;
  readonly container: ContainerName;
  readonly maxItemsPerInvocation: number;
  readonly feedPollDelayMs: number;
  /** Where to begin while the lease has no continuation. */
  readonly start: FeedPosition;
  readonly wake: WakeSignal;
  readonly clock: Clock;
  /** Aborted when this host is to read no further. */
  readonly stopping: AbortSignal;
  /** Called after every read, successful or not. */
  readonly afterRead: () => void;
  /** Hands one batch, a JSON array, to the function. */
  deliver(documents: string): Promise<Outcome>;
  /** Stores the position after a batch. */
  checkpoint(etag: string): Promise<void>;
  /** Logs a read that failed; it will be tried again. */
  warn(message: string): void;
};

/** `stopped`: asked to, or interrupted; `lost`: another host reads it; `gone`: the range split. */
export type FeedEnd = "stopped" | "lost" | "gone";

/**
 * Reads one lease's range of the change feed, batch after batch: a page is read only after the one
 * before was delivered and its position stored. A batch that failed for good is passed over, which
 * is how Azure loses batches of a function without a retry policy (source:
 * azure-webjobs-sdk-extensions, CosmosDBTriggerListener.cs).
 */
export async function readFeedUntilEnd(feed: Feed, lease: Lease): Promise<FeedEnd> {
  let position: FeedPosition =
    lease.continuation === undefined
      ? feed.start
      : { from: "continuation", etag: lease.continuation };

  while (!feed.stopping.aborted) {
    try {
      feed.wake.reset();
      const page = await readPage(feed, lease, position).finally(feed.afterRead);
      if (page.kind === "gone") return "gone";
      if (page.kind === "documents" && !(await handle(feed, page))) return "stopped";
      if (page.etag !== undefined) position = { from: "continuation", etag: page.etag };
      if (page.kind === "drained") await feed.wake.wait(feed.feedPollDelayMs);
    } catch (error) {
      if (error instanceof LeaseLostError) return "lost";
      feed.warn(`Lease ${lease.token} is tried again, for: ${describeError(error)}`);
      const askedMs = error instanceof CosmosError ? error.retryAfterMs : 0;
      await feed.clock.sleep(Math.max(askedMs, feed.feedPollDelayMs), feed.stopping);
    }
  }
  return "stopped";
}

type Batch = { readonly documents: string; readonly etag: string };

/** @returns whether the batch is done with and its position stored */
async function handle(feed: Feed, { documents, etag }: Batch): Promise<boolean> {
  const outcome = await feed.deliver(documents);
  if (outcome === "interrupted") return false;
  await feed.checkpoint(etag);
  return true;
}

function readPage(
  { client, container, maxItemsPerInvocation }: Feed,
  { token: rangeId }: Lease,
  position: FeedPosition,
): ReturnType<CosmosClient["readFeed"]> {
  return client.readFeed(container, { rangeId, position, maxItemCount: maxItemsPerInvocation });
}
