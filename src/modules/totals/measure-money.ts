import { level } from "../../platform/telemetry/metrics.ts";
import { isRecording } from "../../platform/telemetry/recording.ts";
import type { Totals } from "./totals.ts";

/** Tells telemetry whether the money adds up. A reader of all accounts: by a timer of its own, less often than others. */
export function measureMoney(totals: () => Promise<Totals>): () => Promise<void> {
  return async () => {
    if (isRecording()) level("saldo.money.conserved", (await totals()).conserved ? 1 : 0);
  };
}
