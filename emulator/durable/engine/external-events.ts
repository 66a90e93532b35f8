import { createDeferred, type Deferred } from "./deferred.ts";
import type { ExternalEvent } from "./instance.ts";

/** How an execution continues as new. */
export type Continuation = {
  /** JSON. */
  readonly input: string | null;
  /** Events of this execution that the next one gets, in order. */
  readonly carriedOver: readonly ExternalEvent[];
  /** How many others nobody has read. */
  readonly lost: number;
};

/**
 * Who waits for external events, and those that nobody waits for; names ignore case (source:
 * azure-functions-durable-extension, DurableOrchestrationContext.cs).
 */
export type ExternalEvents = {
  /** Takes the oldest event nobody has read. */
  wait(name: string): Deferred;
  /** Goes to the last that waits; kept for the next execution once this one continues as new. */
  raise(event: ExternalEvent): void;
  continueAsNew(input: string | null): void;
  continuation(): Continuation | undefined;
};

export function createExternalEvents(): ExternalEvents {
  const waiters = new Map<string, Deferred[]>();
  const unread = new Map<string, number>();
  const carriedOver: ExternalEvent[] = [];
  let continued: { readonly input: string | null } | undefined;

  return {
    wait: (name) => {
      const key = name.toLowerCase();
      const waiter = createDeferred();
      const left = unread.get(key) ?? 0;
      if (left > 0) {
        unread.set(key, left - 1);
        waiter.settle("completed");
      } else {
        waiters.set(key, [...(waiters.get(key) ?? []), waiter]);
      }
      return waiter;
    },
    raise: (event) => {
      if (continued !== undefined) {
        carriedOver.push(event);
        return;
      }
      const key = event.name.toLowerCase();
      const waiter = waiters.get(key)?.pop();
      if (waiter === undefined) unread.set(key, (unread.get(key) ?? 0) + 1);
      else waiter.settle("completed");
    },
    continueAsNew: (input) => {
      continued = { input };
    },
    continuation: () => {
      const lost = [...unread.values()].reduce((sum, count) => sum + count, 0);
      return continued && { ...continued, carriedOver, lost };
    },
  };
}
