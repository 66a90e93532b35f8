/** Spans and figures of what follows from a commit. */
import { type Commit, type Outcome, outcomesOf, type StoredEvent } from "../messages/commit.ts";
import type { Model } from "../messages/model.ts";
import { measure } from "../../platform/telemetry/metrics.ts";
import { isRecording } from "../../platform/telemetry/recording.ts";
import { startSpan, type WorkSpan } from "../../platform/telemetry/spans.ts";

/**
 * Work on commits, with a span in the trace of each outcome that has brought about something. The work gets the commits as
 * they go on: what it causes continues these spans.
 */
export async function spanned<Result>(
  stage: "project" | "publish",
  commits: readonly Commit[],
  work: (continued: readonly Commit[]) => Promise<Result>,
): Promise<Result> {
  if (!isRecording()) return work(commits);
  const spans = new Map<Outcome, WorkSpan>();
  for (const commit of commits)
    for (const { outcome, events } of outcomesOf(commit))
      if (events.length > 0 || outcome.status === "rejected")
        spans.set(outcome, spanOf(stage, commit.stream, outcome, events));
  const continued = commits.map((commit) => ({
    ...commit,
    outcomes: commit.outcomes.map((outcome) => ({
      ...outcome,
      traceparent: (spans.get(outcome) ?? outcome).traceparent,
    })),
  }));
  const startedAt = performance.now();
  try {
    const result = await work(continued);
    for (const span of spans.values()) span.end();
    return result;
  } catch (error) {
    for (const span of spans.values()) span.end(error);
    throw error;
  } finally {
    measure("saldo.stage.duration_ms", performance.now() - startedAt, { stage });
  }
}

function spanOf(
  stage: "project" | "publish",
  stream: string,
  outcome: Outcome,
  events: readonly StoredEvent[],
): WorkSpan {
  const what = [...new Set(events.map(({ type }) => type))].join(", ");
  return startSpan(`${stage} ${what === "" ? "rejection" : what}`, {
    kind: stage === "project" ? "consumer" : "producer",
    parent: outcome.traceparent,
    attributes: {
      "saldo.stage": stage,
      "saldo.stream": stream,
      "saldo.command_id": outcome.commandId,
      "saldo.correlation_id": outcome.correlationId,
    },
  });
}

/** What has become visible, in figures. */
export function measureVisible(
  model: Model,
  { stream, outcomes, events }: Commit,
  nowMs: number,
): void {
  if (!isRecording()) return;
  for (const { commandId, correlationId, acceptedAt } of outcomes)
    if (commandId === correlationId)
      measure("saldo.visible_ms", Math.max(0, nowMs - Date.parse(acceptedAt)));
  const aggregate = model.of(stream);
  for (const event of events) aggregate.measure?.(event);
}
