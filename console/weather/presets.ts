/** What can be broken with one choice: rules for the control door, by the name of the choice. */
export const faultPresets = {
  "stop-handling": {
    label: "Stop handling: the feed of [commands] answers 503",
    rule: { match: { operation: "feed", container: "commands" }, effect: unavailable() },
  },
  "stop-primary": {
    label: "Stop the primary handler: the feed of [events] answers 503",
    rule: { match: { operation: "feed", container: "events" }, effect: unavailable() },
  },
  "close-doors": {
    label: "Close the doors: no command can be stored (503)",
    rule: { match: { operation: "create", container: "commands" }, effect: unavailable() },
  },
  "refuse-commits": {
    label: "Refuse commits for good (413): commands are parked",
    rule: { match: { operation: "create", container: "events" }, effect: status(413) },
  },
  "refuse-views": {
    label: "Refuse account views for good (413): projecting is parked",
    rule: { match: { operation: "replace", container: "accounts" }, effect: status(413) },
  },
  throttle: {
    label: "Throttle everything (429)",
    rule: {
      match: {},
      effect: { kind: "status", status: 429, substatus: 3200, retryAfterMs: 200 },
    },
  },
  "lose-replies": {
    label: "Lose the answers to commits: done, but nobody is told",
    rule: { match: { operation: "create", container: "events" }, effect: { kind: "drop_reply" } },
  },
  slow: {
    label: "Slow everything down by 250 ms",
    rule: { match: {}, effect: { kind: "delay", ms: 250 } },
  },
} as const;

export const eventPresets = {
  duplicate: { label: "Deliver everything twice", effect: { kind: "duplicate", copies: 1 } },
  delay: { label: "Hold events back for 10 s", effect: { kind: "delay", ms: 10_000 } },
  reorder: { label: "Shuffle events within 5 s", effect: { kind: "reorder", windowMs: 5_000 } },
  drop: {
    label: "Lose the first attempt of each delivery",
    effect: { kind: "drop_first_attempt" },
  },
} as const;

export const clockSteps = [
  ["a minute", 60_000],
  ["an hour", 3_600_000],
  ["a day", 86_400_000],
] as const;

function unavailable() {
  return { kind: "status", status: 503, retryAfterMs: 200 } as const;
}

function status(code: number) {
  return { kind: "status", status: code } as const;
}
