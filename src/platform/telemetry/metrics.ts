/**
 * What the system tells of itself in numbers (docs/telemetry.md lists them all). While nothing records, a measurement costs
 * one comparison.
 */
import { type Attributes, type Counter, type Histogram, metrics } from "@opentelemetry/api";
import { isRecording } from "./recording.ts";

const counters = {
  "saldo.commands.outcomes": "commands handled, by type, outcome and code",
  "saldo.transfers.ended": "transfers that have ended, by ending",
  "saldo.fees": "fees taken, in units of the currency",
  "saldo.commit.conflicts": "commits that somebody else was faster with",
  "saldo.platform.faults": "times a service was not there when it was needed",
} as const;

const histograms = {
  "saldo.transfers.amount": "amounts of transfers that have arrived, in units of the currency",
  "saldo.feed.batch_size": "documents in one batch of a feed",
  "saldo.feed.lag_ms": "age of the oldest document of a batch when it is taken",
  "saldo.stage.duration_ms": "how long a stage takes",
  "saldo.visible_ms": "from a client's command to its effect being visible",
} as const;

const gauges = {
  "saldo.approvals.waiting": "transfers that wait for a person",
  "saldo.approvals.oldest_age_ms": "how long the oldest of them has waited",
  "saldo.processes": "transfers that a process leads, by state: waiting, active, overdue",
  "saldo.parked": "messages parked, by stage",
  "saldo.money.conserved": "1 if no money was made or lost, else 0",
} as const;

const instruments = new Map<string, Counter | Histogram>();
const levels = new Map<string, Map<string, { value: number; attributes: Attributes }>>();

function instrument<Kind>(name: string, make: () => Kind): Kind {
  const known = instruments.get(name) as Kind | undefined;
  if (known !== undefined) return known;
  const made = make();
  instruments.set(name, made as Counter);
  return made;
}

/** Adds to a total. */
export function count(name: keyof typeof counters, attributes: Attributes = {}, value = 1): void {
  if (!isRecording()) return;
  const description = counters[name];
  instrument(name, () => metrics.getMeter("saldo").createCounter(name, { description })).add(
    value,
    attributes,
  );
}

/** One value of many. */
export function measure(
  name: keyof typeof histograms,
  value: number,
  attributes: Attributes = {},
): void {
  if (!isRecording()) return;
  const description = histograms[name];
  instrument(name, () => metrics.getMeter("saldo").createHistogram(name, { description })).record(
    value,
    attributes,
  );
}

/** How much of something there is now: told again and again until it is set anew. */
export function level(name: keyof typeof gauges, value: number, attributes: Attributes = {}): void {
  if (!isRecording()) return;
  const key = JSON.stringify(attributes);
  const known = levels.get(name);
  if (known !== undefined) {
    known.set(key, { value, attributes });
    return;
  }
  const values = new Map([[key, { value, attributes }]]);
  levels.set(name, values);
  metrics
    .getMeter("saldo")
    .createObservableGauge(name, { description: gauges[name] })
    .addCallback((result) => {
      for (const one of values.values()) result.observe(one.value, one.attributes);
    });
}
