/** The span of each command that is being handled: what it brings about continues its trace. */
import type { CommandEnvelope } from "../messages/command.ts";
import type { Commit, Outcome } from "../messages/commit.ts";
import type { CommandToDecide } from "./decide-commit.ts";
import { count, measure } from "../../platform/telemetry/metrics.ts";
import { startSpan, type WorkSpan } from "../../platform/telemetry/spans.ts";

export type HandlingSpans = {
  /** The commands as they go on: their traces lead through these spans. */
  readonly commands: readonly CommandToDecide[];
  /** They have outcomes now. */
  committed(commit: Commit): void;
  failed(error: unknown): void;
};

export function handlingSpans(handled: readonly CommandToDecide[]): HandlingSpans {
  const startedAt = performance.now();
  const spans = new Map(handled.map((command) => [command.commandId, spanOf(command)]));
  return {
    commands: handled.map((command) => {
      const { traceparent } = spans.get(command.commandId) ?? command;
      return { ...command, traceparent };
    }),
    committed: ({ outcomes }) => {
      measure("saldo.stage.duration_ms", performance.now() - startedAt, { stage: "commit" });
      for (const outcome of outcomes) {
        count("saldo.commands.outcomes", {
          command: outcome.type,
          outcome: outcome.status,
          code: outcome.status === "rejected" ? outcome.code : "",
        });
        end(spans.get(outcome.commandId), outcome);
      }
    },
    failed: (error) => {
      for (const span of spans.values()) span.end(error);
    },
  };
}

function spanOf(command: CommandEnvelope): WorkSpan {
  const { type, stream, commandId, correlationId, causationId, traceparent } = command;
  const transferId = (command.data as { transferId?: string }).transferId;
  return startSpan(`handle ${type}`, {
    kind: "consumer",
    parent: traceparent,
    attributes: {
      "saldo.stage": "handle",
      "saldo.stream": stream,
      "saldo.command_id": commandId,
      "saldo.command_type": type,
      "saldo.correlation_id": correlationId,
      "saldo.causation_id": causationId,
      ...(transferId === undefined ? {} : { "saldo.transfer_id": transferId }),
    },
  });
}

function end(span: WorkSpan | undefined, outcome: Outcome): void {
  const code = outcome.status === "rejected" ? { "saldo.code": outcome.code } : {};
  span?.note({ "saldo.outcome": outcome.status, ...code });
  span?.end();
}
