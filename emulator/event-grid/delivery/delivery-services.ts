import type { Clock } from "../../shared/clock.ts";
import type { Weather } from "../rules.ts";
import type { Store } from "../storage/store.ts";
import type { HttpClient } from "./http-client.ts";

/** What the delivery of every subscription shares. */
export type DeliveryServices = {
  readonly clock: Clock;
  readonly store: Store;
  readonly client: HttpClient;
  readonly weather: Weather;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Requests running at one time, for each subscription. */
  readonly concurrency: number;
  /** Told of what should not happen: the store, or the storage of dead letters, does not work. */
  readonly onFailure: (error: unknown) => void;
};
