import type { Clock } from "../../shared/clock.ts";
import { describeError } from "../log.ts";
import type { Outcome } from "../retry.ts";
import { readFeedUntilEnd, type Feed, type FeedEnd } from "./feed.ts";
import { LeaseLostError, type Lease, type LeaseStore } from "./leases.ts";
import { createWakeSignal } from "./wake-signal.ts";

export type SessionServices = {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly leaseRenewIntervalMs: number;
  /** What all sessions of a listener share of their feeds. */
  readonly feed: Pick<
    Feed,
    "client" | "container" | "maxItemsPerInvocation" | "feedPollDelayMs" | "start" | "warn"
  >;
  /** Hands a batch to the function; the signal ends the waiting between repetitions. */
  deliver(lease: Lease, documents: string, stopping: AbortSignal): Promise<Outcome>;
};

/** One acquired lease at work: its range is being read and the lease renewed. */
export type Session = {
  /** There is, or may be, something new in the feed. */
  wake(): void;
  /** Asks the session to end after the batch at hand. */
  stop(): void;
  /** Resolves when the feed has been read once: what changes from then on is seen. */
  readonly begun: Promise<unknown>;
  /** Resolves with the lease as last written, and why the session ended. */
  readonly ended: Promise<{ readonly end: FeedEnd; readonly lease: Lease }>;
};

export function openSession(acquired: Lease, services: SessionServices): Session {
  const { store, clock, feed } = services;
  const stopping = new AbortController();
  const wake = createWakeSignal(clock);
  const begun = Promise.withResolvers<undefined>();
  let lease = acquired;
  let lastWrite: Promise<void> = Promise.resolve();
  let isLost = false;

  const stop = (): void => {
    stopping.abort();
    wake.notify();
  };
  /** One write at a time: renewal and checkpoint carry the same etag. */
  const write = (change: (lease: Lease) => Promise<Lease>): Promise<void> => {
    const written = lastWrite.then(async () => {
      lease = await change(lease);
    });
    lastWrite = written.catch(() => undefined);
    return written;
  };

  const renewUntilStopped = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(services.leaseRenewIntervalMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await write(store.renew);
      } catch (error) {
        if (error instanceof LeaseLostError) {
          isLost = true;
          stop();
        } else {
          feed.warn(`Renewing lease ${lease.token} failed: ${describeError(error)}`);
        }
      }
    }
  };

  const run = async (): Promise<{ end: FeedEnd; lease: Lease }> => {
    const renewal = renewUntilStopped();
    const end = await readFeedUntilEnd(
      {
        ...feed,
        clock,
        wake,
        stopping: stopping.signal,
        afterRead: () => {
          begun.resolve(undefined);
        },
        deliver: (documents) => services.deliver(lease, documents, stopping.signal),
        checkpoint: (etag) => write((current) => store.checkpoint(current, etag)),
      },
      lease,
    );
    stop();
    await renewal;
    return { end: isLost ? "lost" : end, lease };
  };

  return { wake: wake.notify, stop, ended: run(), begun: begun.promise };
}
