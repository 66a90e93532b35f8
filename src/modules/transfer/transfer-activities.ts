/** What the process of a transfer does in the world: it looks, and it issues commands. Both are harmless to repeat. */
import type { CommandDocument } from "../../kernel/messages/command.ts";
import type { TermsAt } from "../account/terms.ts";
import type { Message, Reaction } from "../../../domain/kernel/decider.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import { inSpan } from "../../platform/telemetry/spans.ts";
import { fingerprint } from "../../platform/digest.ts";
import type { IssueInput } from "../../platform/durable/drive-process.ts";
import type { TransferCause, TransferView } from "./transfer-view.ts";
import { signalShownBy, type TransferSignal } from "./transfer-news.ts";

/** How the transfer stands. It is there: the read model is written before anybody hears of a transfer. */
export function lookAtTransfer(
  transfers: Documents<TransferView>,
): (transferId: string) => Promise<TransferSignal> {
  return async (transferId) => signalShownBy(await viewOf(transferId, transfers));
}

async function viewOf(
  transferId: string,
  transfers: Documents<TransferView>,
): Promise<TransferView> {
  const found = await transfers.read(transferId, transferId);
  if (found === undefined) throw new Error(`There is no view of the transfer ${transferId}.`);
  return found.document;
}

type IssueDependencies = {
  readonly commands: Documents<CommandDocument>;
  readonly transfers: Documents<TransferView>;
  readonly clock: Clock;
  readonly termsAt: TermsAt;
};

/** Stores commands as the HTTP endpoints do; one that has been stored before stays as it was. */
export function issueCommands(
  dependencies: IssueDependencies,
): (input: IssueInput<TransferCause>) => Promise<void> {
  return async ({ commands, cause }) => {
    for (const issued of commands) {
      const { stream, commandId, command } = issued;
      const attributes = {
        "saldo.stage": "issue",
        "saldo.stream": stream,
        "saldo.command_id": commandId,
      };
      const options = { kind: "internal", parent: cause.traceparent, attributes } as const;
      await inSpan(`issue ${command.type}`, options, ({ traceparent }) =>
        store(issued, { ...cause, traceparent }, dependencies),
      );
    }
  };
}

async function store(
  { stream, commandId, command }: Reaction,
  cause: TransferCause,
  { commands, clock, ...sources }: IssueDependencies,
): Promise<void> {
  const nowMs = clock.now();
  const { type } = command;
  const { transferId } = command.data as { transferId: string };
  await commands.create(stream, {
    id: commandId,
    commandId,
    stream,
    type,
    data: await dataOf(command, transferId, { ...sources, nowMs }),
    acceptedAt: new Date(nowMs).toISOString(),
    actor: "process:transfer",
    ...cause,
    fingerprint: fingerprint({ type, transferId }),
    resource: `/api/transfers/${transferId}`,
  });
}

type Sources = Pick<IssueDependencies, "transfers" | "termsAt"> & { readonly nowMs: number };

/** What is stored of a command: what the process knows, and what only the store and the settings know. */
async function dataOf(
  { type, data }: Message,
  transferId: string,
  { transfers, termsAt, nowMs }: Sources,
): Promise<object> {
  switch (type) {
    case "StartTransfer":
      return { ...data, terms: termsAt(nowMs) };
    case "ReceiveCredits": // as the sender's stream has it, with its note: a process is told neither for sure
      return (await viewOf(transferId, transfers)).transfer;
    default:
      return data;
  }
}
