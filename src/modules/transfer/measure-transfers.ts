import type { Clock } from "../../platform/clock.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import type { Settings } from "../../platform/settings.ts";
import { level } from "../../platform/telemetry/metrics.ts";
import { isRecording } from "../../platform/telemetry/recording.ts";
import type { TransferView } from "./transfer-view.ts";
import { isOverdue, unended } from "./watch-transfers.ts";

type Dependencies = {
  readonly transfers: Documents<TransferView>;
  readonly clock: Clock;
  readonly settings: Pick<Settings, "watchGraceMs">;
};

/** Tells telemetry how many transfers wait, for how long, and which are overdue. */
export function measureTransfers({
  transfers,
  clock,
  settings,
}: Dependencies): () => Promise<void> {
  return async () => {
    if (!isRecording()) return;
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
}
