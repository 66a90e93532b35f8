/**
 * Measures what no single message tells: what waits, what is parked, what is overdue, and whether the money adds up. Timers
 * ask, so that it is also told when nothing happens at all.
 */
import type { Clock } from "../../platform/clock.ts";
import type { Settings } from "../../platform/settings.ts";
import { level } from "../../platform/telemetry/metrics.ts";
import { isRecording } from "../../platform/telemetry/recording.ts";
import { isOverdue, unended } from "./watch-transfers.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import type { TransferView } from "./transfer-view.ts";
import type { Totals } from "../totals/totals.ts";
import type { DeadLetters } from "../../kernel/parking/dead-letters.ts";

type Dependencies = {
  readonly transfers: Documents<TransferView>;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly settings: Pick<Settings, "watchGraceMs">;
};

export function measureState(dependencies: Dependencies): () => Promise<void> {
  const { transfers, deadLetters, clock, settings } = dependencies;

  const measureTransfers = async (): Promise<void> => {
    const { views } = await unended(transfers);
    const waiting = views.filter(({ stage }) => stage === "waiting");
    const oldestMs = Math.min(clock.now(), ...waiting.map((view) => Date.parse(view.requestedAt)));
    const overdue = views.filter((view) => isOverdue(view, clock.now() - settings.watchGraceMs));
    const atRest = views.filter(({ stage }) => stage === "waiting" || stage === "scheduled");
    level("saldo.approvals.waiting", waiting.length);
    level("saldo.approvals.oldest_age_ms", clock.now() - oldestMs);
    level("saldo.processes", atRest.length, { state: "waiting" });
    level("saldo.processes", views.length - atRest.length, { state: "active" });
    level("saldo.processes", overdue.length, { state: "overdue" });
  };

  const measureParked = async (): Promise<void> => {
    const lanes = await deadLetters.lanes();
    for (const stage of ["handling", "projecting", "publishing"] as const) {
      const parked = lanes.filter((lane) => lane.stage === stage);
      const count = parked.reduce((sum, { letters }) => sum + letters, 0);
      level("saldo.parked", count, { stage });
    }
  };

  return async () => {
    if (!isRecording()) return;
    await measureTransfers();
    await measureParked();
  };
}

/** A reader of all accounts: by a timer of its own, less often. */
export function measureMoney(totals: () => Promise<Totals>): () => Promise<void> {
  return async () => {
    if (isRecording()) level("saldo.money.conserved", (await totals()).conserved ? 1 : 0);
  };
}
