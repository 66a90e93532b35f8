/** What the process of a transfer does in the world: it looks, and it issues commands. Both are harmless to repeat. */
import type { CommandDocument } from "../commands/command.ts";
import type { TermsAt } from "../commands/terms.ts";
import type { Clock } from "../platform/clock.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import { startSpan } from "../platform/telemetry/spans.ts";
import { fingerprint } from "../platform/digest.ts";
import type { IssueInput } from "../platform/durable/drive-process.ts";
import type { TransferCause, TransferView } from "../projections/transfer-view.ts";
import { signalShownBy, type TransferSignal } from "./transfer-news.ts";

/** How the transfer stands. It is there: the read model is written before anybody hears of a transfer. */
export function lookAtTransfer(
  transfers: Documents<TransferView>,
): (transferId: string) => Promise<TransferSignal> {
  return async (transferId) => {
    const found = await transfers.read(transferId, transferId);
    if (found === undefined) throw new Error(`There is no view of the transfer ${transferId}.`);
    return signalShownBy(found.document);
  };
}

type IssueDependencies = {
  readonly commands: Documents<CommandDocument>;
  readonly clock: Clock;
  readonly termsAt: TermsAt;
};

/** Stores commands as the door does; one that has been stored before stays as it was. */
export function issueCommands({
  commands,
  clock,
  termsAt,
}: IssueDependencies): (input: IssueInput<TransferCause>) => Promise<void> {
  return async ({ commands: issued, cause }) => {
    for (const { stream, commandId, command } of issued) {
      const nowMs = clock.now();
      const span = startSpan(`issue ${command.type}`, {
        kind: "internal",
        parent: cause.traceparent,
        attributes: {
          "saldo.stage": "issue",
          "saldo.stream": stream,
          "saldo.command_id": commandId,
        },
      });
      const { type } = command;
      const terms = type === "StartTransfer" ? { terms: termsAt(nowMs) } : {};
      const { transferId } = command.data as { transferId: string };
      await commands.create(stream, {
        id: commandId,
        commandId,
        stream,
        type,
        data: { ...command.data, ...terms },
        acceptedAt: new Date(nowMs).toISOString(),
        actor: "process:transfer",
        ...cause,
        traceparent: span.traceparent,
        fingerprint: fingerprint({ type, transferId }),
        resource: `/api/transfers/${transferId}`,
      });
      span.end();
    }
  };
}
