import type { JsonObject } from "../../shared/json.ts";
import type { DeliveryRow, PendingRow } from "../storage/store.ts";

/** What of a delivery stays in memory while it waits; the event itself stays in the store. */
export type Pending = Pick<PendingRow, "number" | "attempts" | "dueAt" | "publishedAt" | "bytes">;

/** A delivery about to be tried. */
export type Loaded = {
  readonly pending: Pending;
  readonly row: DeliveryRow;
  readonly event: JsonObject;
};
