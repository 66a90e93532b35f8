/** Spans and figures of what follows from a commit. */
import type { AccountEvent } from "../../domain/account/account.messages.ts";
import { type Commit, outcomesOf } from "../events/commit.ts";
import { count, measure } from "../platform/telemetry/metrics.ts";
import { isRecording } from "../platform/telemetry/recording.ts";
import { startSpan } from "../platform/telemetry/spans.ts";

/** Work on commits, with a span in the trace of each outcome that has brought about something. */
export async function spanned<Result>(
  stage: "project" | "publish",
  commits: readonly Commit[],
  work: () => Promise<Result>,
): Promise<Result> {
  if (!isRecording()) return work();
  const spans = commits.flatMap((commit) =>
    [...outcomesOf(commit)]
      .filter(({ events, outcome }) => events.length > 0 || outcome.status === "rejected")
      .map(({ outcome, events }) =>
        startSpan(`${stage} ${events.map(({ type }) => type).join(", ") || "rejection"}`, {
          kind: stage === "project" ? "consumer" : "producer",
          parent: outcome.traceparent,
          attributes: {
            "saldo.stage": stage,
            "saldo.stream": commit.stream,
            "saldo.command_id": outcome.commandId,
            "saldo.correlation_id": outcome.correlationId,
          },
        }),
      ),
  );
  const startedAt = performance.now();
  try {
    const result = await work();
    for (const span of spans) span.end();
    return result;
  } catch (error) {
    for (const span of spans) span.end(error);
    throw error;
  } finally {
    measure("saldo.stage.duration_ms", performance.now() - startedAt, { stage });
  }
}

/** What has become visible, in figures. */
export function measureVisible({ outcomes, events }: Commit, nowMs: number): void {
  if (!isRecording()) return;
  for (const { commandId, correlationId, acceptedAt } of outcomes)
    if (commandId === correlationId)
      measure("saldo.visible_ms", Math.max(0, nowMs - Date.parse(acceptedAt)));
  for (const event of events) measureEvent(event as unknown as AccountEvent);
}

const unitE4 = 10_000;

function measureEvent(event: AccountEvent): void {
  switch (event.type) {
    case "CreditsLoaded":
      count("saldo.fees", { currency: event.data.currency }, event.data.feeE4 / unitE4);
      return;
    case "TransferSettled": {
      const { amountE4, currency } = event.data;
      measure("saldo.transfers.amount", amountE4 / unitE4, { currency });
      count("saldo.transfers.ended", { ending: "settled" });
      return;
    }
    case "TransferRefunded":
    case "TransferDenied":
    case "TransferCancelled":
    case "TransferExpired":
    case "TransferWithdrawn":
    case "ScheduledTransferFailed":
      count("saldo.transfers.ended", { ending: endings[event.type] });
      return;
    default:
      return;
  }
}

const endings = {
  TransferRefunded: "refunded",
  TransferDenied: "denied",
  TransferCancelled: "cancelled",
  TransferExpired: "expired",
  TransferWithdrawn: "withdrawn",
  ScheduledTransferFailed: "failed",
} as const;
