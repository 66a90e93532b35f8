/**
 * What the system tells of itself in numbers (docs/telemetry.md lists them all). While nothing records, a measurement costs
 * one comparison.
 */
import {
  type Attributes,
  type Counter,
  type Gauge,
  type Histogram,
  metrics,
} from "@opentelemetry/api";
import { isRecording } from "./recording.ts";

const counters = {
  "saldo.commands.outcomes": "commands handled, by type, outcome and code",
  "saldo.transfers.ended": "transfers that have ended, by ending",
  "saldo.fees": "fees taken, in units of the currency",
  "saldo.commit.conflicts": "commits that somebody else was faster with",
  "saldo.platform.faults": "times a service was not there when it was needed, by service",
  "saldo.throttled": "times a service asked to come later (429), by host",
  "saldo.retries": "work that was tried again after a platform fault, by stage",
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

const meter = (): ReturnType<typeof metrics.getMeter> => metrics.getMeter("saldo");
const counterOf = made((name: keyof typeof counters) =>
  meter().createCounter(name, { description: counters[name] }),
);
const histogramOf = made((name: keyof typeof histograms) =>
  meter().createHistogram(name, { description: histograms[name] }),
);
const gaugeOf = made((name: keyof typeof gauges) =>
  meter().createGauge(name, { description: gauges[name] }),
);

/** An instrument is made with its first measurement: before telemetry has started there is no meter to make it. */
function made<Name, Instrument extends Counter | Histogram | Gauge>(
  make: (name: Name) => Instrument,
): (name: Name) => Instrument {
  const known = new Map<Name, Instrument>();
  return (name) => {
    const instrument = known.get(name) ?? make(name);
    known.set(name, instrument);
    return instrument;
  };
}

/** Adds to a total. */
export function count(name: keyof typeof counters, attributes: Attributes = {}, value = 1): void {
  if (isRecording()) counterOf(name).add(value, attributes);
}

/** One value of many. */
export function measure(
  name: keyof typeof histograms,
  value: number,
  attributes: Attributes = {},
): void {
  if (isRecording()) histogramOf(name).record(value, attributes);
}

/**
 * How much of something there is now. It is sent once: an instance that no longer measures (a timer wanders from one
 * instance to another) goes on telling nothing.
 */
export function level(name: keyof typeof gauges, value: number, attributes: Attributes = {}): void {
  if (isRecording()) gaugeOf(name).record(value, attributes);
}
