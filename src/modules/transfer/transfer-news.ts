/**
 * How a transfer stands, for the process that leads it: as an integration event tells it, or as the read model shows it.
 * Ids, numbers and instants only: the Functions host rewrites other texts that look like dates, in the events that its
 * triggers hand over (azure-functions-host issue 7114) as in what orchestrators and activities are told.
 */
import type { Transfer } from "../../../domain/account/account.messages.ts";
import type { LedTransfer, TransferNews } from "../../../domain/account/transfer.process.ts";
import { instantMs } from "../../../domain/kernel/instants.ts";
import { parseAmount } from "../../../domain/kernel/money.ts";
import type { IntegrationEvent, TransferData } from "../account/integration-events.ts";
import type { TransferCause, TransferView } from "./transfer-view.ts";

/** News, and whose consequence it is. */
export type TransferSignal = { readonly news: TransferNews; readonly cause: TransferCause };

/** The types of events that a process is told of, and where the transfer stands after each. */
const stages = {
  "saldo.transfer.scheduled.v1": "scheduled",
  "saldo.transfer.approval_requested.v1": "waiting",
  "saldo.transfer.approved.v1": "approved",
  "saldo.transfer.sent.v1": "started",
  "saldo.transfer.withdrawn.v1": "ended",
  "saldo.transfer.failed.v1": "ended",
  "saldo.transfer.denied.v1": "ended",
  "saldo.transfer.cancelled.v1": "ended",
  "saldo.transfer.expired.v1": "ended",
  "saldo.transfer.settled.v1": "ended",
  "saldo.transfer.refunded.v1": "ended",
} as const;

type TellingType = keyof typeof stages;

export const tellingTypes = Object.keys(stages) as TellingType[];

/** `undefined` if the event tells nothing that a process has to know. */
export function signalFrom(event: IntegrationEvent): TransferSignal | undefined {
  if (!isTelling(event) || !event.data.isManaged) return undefined;
  const { correlationid: correlationId, causationid: causationId, traceparent } = event;
  const common = { version: Number(event.sequence), transfer: transferOf(event.data) };
  return { news: standing(event, common), cause: { correlationId, causationId, traceparent } };
}

function isTelling(event: IntegrationEvent): event is IntegrationEvent<TellingType> {
  return event.type in stages;
}

type Common = Pick<TransferNews, "version" | "transfer">;

function standing(event: IntegrationEvent<TellingType>, common: Common): TransferNews {
  switch (event.type) {
    case "saldo.transfer.scheduled.v1":
      return { ...common, stage: "scheduled", dueAtMs: instantMs(event.data.scheduledFor) };
    case "saldo.transfer.approval_requested.v1":
      return { ...common, stage: "waiting", dueAtMs: instantMs(event.data.expiresAt) };
    default: {
      const stage = stages[event.type];
      return { ...common, stage };
    }
  }
}

function transferOf({ amount, isManaged, ...told }: TransferData): LedTransfer {
  const amountE4 = parseAmount(amount);
  if (amountE4 === undefined) throw new Error(`An event tells the amount "${amount}".`);
  return known({ ...told, amountE4, ...(isManaged ? { isManaged } : {}) });
}

/** What a process may know, whatever else comes with it. */
function known(transfer: Transfer): LedTransfer {
  const { transferId, from, to, amountE4, currency, isManaged } = transfer;
  return {
    ...{ transferId, from, to, amountE4, currency },
    ...(isManaged === undefined ? {} : { isManaged }),
  };
}

export function signalShownBy(view: TransferView): TransferSignal {
  const { version, stage, cause } = view;
  const common = { version, transfer: known(view.transfer) };
  const dueAtMs = dueAtMsOf(view);
  const news: TransferNews =
    stage === "scheduled" || stage === "waiting"
      ? { ...common, stage, dueAtMs: dueAtMs ?? 0 }
      : { ...common, stage };
  return { news, cause };
}

/** When the process has to act by itself; `undefined` if nothing is due at an instant. */
export function dueAtMsOf({ stage, scheduledFor, expiresAt }: TransferView): number | undefined {
  const dueAt = stage === "scheduled" ? scheduledFor : stage === "waiting" ? expiresAt : undefined;
  return dueAt === undefined ? undefined : instantMs(dueAt);
}
