import { level } from "../../platform/telemetry/metrics.ts";
import { isRecording } from "../../platform/telemetry/recording.ts";
import type { DeadLetters } from "../parking/dead-letters.ts";

/** Tells telemetry how much is parked at each stage. A timer asks, so that zero is told as well. */
export function measureParked(deadLetters: Pick<DeadLetters, "lanes">): () => Promise<void> {
  return async () => {
    if (!isRecording()) return;
    const lanes = await deadLetters.lanes();
    for (const stage of ["handling", "projecting", "publishing"] as const) {
      const parked = lanes.filter((lane) => lane.stage === stage);
      const count = parked.reduce((sum, { letters }) => sum + letters, 0);
      level("saldo.parked", count, { stage });
    }
  };
}
