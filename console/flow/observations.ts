import type { ProcessItem } from "../azure/operators.ts";
import type { Lane } from "../saldo/lanes.ts";
import type { Usage, Weather } from "../azure/control-door.ts";
import type { Subscription } from "../azure/event-grid.ts";
import type { LatestPoint } from "../azure/telemetry.ts";
import type { Read } from "../azure/source.ts";
import type { FeedState } from "./feed-gauge.ts";

/** Everything that was seen of the system in one look. */
export type Observations = {
  readonly atMs: number;
  readonly commands: FeedState & Traffic;
  readonly events: FeedState & Traffic;
  readonly outcomes: {
    readonly acceptedPerSecond: number;
    readonly rejectedPerSecond: number;
    /** Outcomes in one commit, most lately seen. */
    readonly meanTogether: number | undefined;
    /** From the door to the commit. */
    readonly medianMs: number | undefined;
    readonly slowMs: number | undefined;
    readonly reactionsPerSecond: number;
    readonly history: readonly number[];
  };
  readonly leases: Read<number>;
  readonly lanes: Read<readonly Lane[]>;
  readonly processes: Read<readonly ProcessItem[]>;
  readonly subscriptions: Read<readonly Subscription[]>;
  /** Events delivered each second, by subscription. */
  readonly deliveriesPerSecond: ReadonlyMap<string, number>;
  readonly weather: Read<Weather>;
  readonly usage: Read<Usage>;
  readonly requestUnitsPerSecond: number | undefined;
  /** Requests that stored commands; several clients' commands may travel in one. */
  readonly writes: { readonly count: number; readonly perSecond: number | undefined };
  /** Of the app's own metrics, if it sends any. */
  readonly metrics: Read<Metrics>;
};

type Traffic = {
  readonly perSecond: number;
  readonly history: readonly number[];
};

export type Metrics = {
  readonly lagMs: readonly LatestPoint[];
  readonly stageMs: readonly LatestPoint[];
  readonly moneyConserved: readonly LatestPoint[];
};
