import type { Destination } from "../subscription.ts";

/** How an attempt ended, in the words of `lastDeliveryOutcome`. */
export type Outcome =
  | "Delivered"
  | "BadRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "TimedOut"
  | "PayloadTooLarge"
  | "Busy"
  | "SocketError"
  | "ResolutionError"
  /** Any other status; the documentation names none for it. */
  | "GenericError";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Waits after the first failed attempt, the second, … and the last one from then on. */
const scheduleMs = [
  10 * secondMs,
  30 * secondMs,
  minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  3 * hourMs,
  6 * hourMs,
];
const lastWaitMs = 12 * hourMs;

/** "A small randomization": no figure is documented. With this one the first wait of 12 h still
 * ends within the 24 h an event lives by default. */
const jitterShare = 0.05;

/**
 * How long to wait after the `attempts`th attempt failed (documentation: "Event Grid message
 * delivery and retry", retry schedule and message delivery status).
 * @param chance a number from 0 to 1
 */
export function waitAfterMs(attempts: number, status: number | undefined, chance: number): number {
  const scheduled = scheduleMs[attempts - 1] ?? lastWaitMs;
  return Math.max(scheduled, leastWaitMs(status)) * (1 + jitterShare * chance);
}

function leastWaitMs(status: number | undefined): number {
  switch (status) {
    case 401:
    case 403:
    case 404:
      return 5 * minuteMs;
    case 408:
      return 2 * minuteMs;
    case 503:
      return 30 * secondMs;
    default:
      return 10 * secondMs;
  }
}

/** Whether trying again cannot help, so that the event becomes a dead letter at once. */
export function isFinal(
  endpointType: Destination["endpointType"],
  status: number | undefined,
): boolean {
  switch (status) {
    case 400:
    case 403:
    case 413:
      return true;
    case 401:
      return endpointType === "WebHook";
    default:
      return false;
  }
}

export function outcomeOf(status: number): Outcome {
  switch (status) {
    case 200:
    case 201:
    case 202:
    case 203:
    case 204:
      return "Delivered";
    case 400:
      return "BadRequest";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    case 408:
      return "TimedOut";
    case 413:
      return "PayloadTooLarge";
    case 429:
    case 503:
      return "Busy";
    default:
      return "GenericError";
  }
}
