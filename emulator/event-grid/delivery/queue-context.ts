import type { Subscription } from "../subscription.ts";
import type { DeadLetterQueue } from "./dead-letter-queue.ts";
import type { Statistics } from "./statistics.ts";

/** What the delivery of one subscription works with. */
export type QueueContext = {
  readonly subscription: Subscription;
  readonly statistics: Statistics;
  readonly deadLetters: DeadLetterQueue;
};
