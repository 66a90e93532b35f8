/**
 * `GET /api/transfers/{transferId}`: a transfer and its history. A plain one is told by its sender's stream; one that a
 * process leads has a read model.
 */
import type { CallerHandler } from "../../kernel/access/guard.ts";
import { actorToldTo } from "../../kernel/access/in-whose-name.ts";
import type { AccountEvent, Transfer } from "../../../domain/account/account.messages.ts";
import { senderOf, transferSteps } from "../../../domain/account/transfer-id.ts";
import { formatInstant, instantMs } from "../../../domain/kernel/instants.ts";
import { formatAmount } from "../../../domain/kernel/money.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import { readParameter } from "../../kernel/http/read-request.ts";
import { transferIdSchema } from "../account/requests.ts";
import { causes } from "../../kernel/messages/commit.ts";
import type { EventStore } from "../../kernel/store/event-store.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import { type HttpHandler, json } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";
import type { Caller } from "../../platform/identity/caller.ts";
import { Malformed } from "../../platform/malformed.ts";
import { readableTransferViews } from "./read-transfer-view.ts";
import { retell } from "./transfer-projection.ts";
import type { TransferHappening, TransferView } from "./transfer-view.ts";

export function showTransfer(store: EventStore, views: Documents<TransferView>): CallerHandler {
  return async (request, _, caller) => {
    const { transferId: inPath } = request.params;
    const transferId = readParameter("transferId", inPath, transferIdSchema);
    const steps = await stepsIn(store, transferId);
    const [first] = steps;
    if (first === undefined) throw new Problem("not_found", `There is no transfer ${transferId}.`);
    if (first.event.type === "CreditsSent") return json(200, toldTo(caller, plain(steps)));
    const view = await views.read(transferId, transferId);
    const [readable] = readableTransferViews(view === undefined ? [] : [view.document]).views;
    const shown = readable ?? (await fromStream(store, transferId, first.at));
    return json(200, toldTo(caller, led(shown)));
  };
}

type WithHistory = Readonly<Record<string, unknown>> & {
  readonly history: readonly { readonly by: string }[];
};

function toldTo(caller: Caller, transfer: WithHistory): WithHistory {
  const history = transfer.history.map((moment) => ({
    ...moment,
    by: actorToldTo(caller, moment.by),
  }));
  return { ...transfer, history };
}

/** The account that a transfer goes to; undefined if there is no such transfer. */
export function receiversIn(
  store: EventStore,
): (transferId: string) => Promise<string | undefined> {
  return async (transferId) => (await stepsIn(store, transferId))[0]?.event.data.to;
}

const pageLength = 100;

/** What the read model does not show yet, has forgotten by now, or shows in no readable way, stands in the stream. */
async function fromStream(store: EventStore, id: string, since: string): Promise<TransferView> {
  const stream = streamOf("account", senderOf(id));
  const to = "9999-12-31T23:59:59.999Z";
  let view: TransferView | undefined;
  for (let from = since; ;) {
    const commits = await store.range(stream, { from, to, limit: pageLength });
    view = retell(id, view, commits);
    const last = commits.at(-1);
    const isAll = last === undefined || commits.length < pageLength;
    if (view !== undefined && (isAll || view.stage === "ended")) return view;
    if (isAll) throw new Malformed(`the stream of transfer ${id} does not tell of it`);
    from = formatInstant(instantMs(last.at) + 1);
  }
}

/** `GET /api/operator/approvals`: what waits for a decision, the oldest first. */
export function showApprovals(views: Documents<TransferView>): HttpHandler {
  const text = 'SELECT * FROM c WHERE c.stage = "waiting"';
  return async () => {
    const { views: waiting, unreadable } = readableTransferViews(
      await views.query<TransferView>({ text }),
    );
    const items = waiting
      .toSorted((a, b) => instantMs(a.requestedAt) - instantMs(b.requestedAt))
      .map(({ transfer, requestedAt, expiresAt, version }) => ({
        ...described(transfer),
        requestedAt,
        expiresAt,
        version,
      }));
    return json(200, { items, ...(unreadable === 0 ? {} : { unreadable }) });
  };
}

type Step = {
  readonly event: TransferEvent;
  readonly at: string;
  readonly by: string;
};

type TransferEvent = Extract<AccountEvent, { data: Transfer }>;

async function stepsIn(store: EventStore, transferId: string): Promise<readonly Step[]> {
  const senderId = senderOf(transferId);
  const requested = transferId.slice(senderId.length + 1);
  const { settle, refund } = transferSteps;
  const ids = [requested, settle(transferId), refund(transferId)];
  const commits = await store.findByCommands(streamOf("account", senderId), ids);
  return commits
    .toSorted((a, b) => a.number - b.number)
    .flatMap((commit) =>
      [...causes(commit)].map(({ event, cause }) => ({
        event: event as unknown as TransferEvent,
        at: commit.at,
        by: cause.actor,
      })),
    )
    .filter(({ event }) => "transferId" in event.data && event.data.transferId === transferId);
}

function described({ transferId, from, to, amountE4, currency, note }: Transfer): object {
  const amount = formatAmount(amountE4);
  return { transferId, from, to, amount, currency, ...(note === undefined ? {} : { note }) };
}

function plain(steps: readonly Step[]): WithHistory {
  const [first] = steps;
  const last = steps.at(-1)?.event;
  return {
    ...(first && described(first.event.data)),
    status:
      last?.type === "TransferSettled"
        ? "settled"
        : last?.type === "TransferRefunded"
          ? "refunded"
          : "in_flight",
    ...(last?.type === "TransferRefunded" ? { reason: last.data.reason } : {}),
    history: steps.map(({ event, at, by }) => ({ at, what: whatHappened[event.type], by })),
  };
}

const whatHappened: Partial<Record<AccountEvent["type"], string>> = {
  CreditsSent: "requested",
  TransferSettled: "settled",
  TransferRefunded: "refunded",
};

const statusAfter: Readonly<Record<TransferHappening, string>> = {
  scheduled: "scheduled",
  withdrawn: "withdrawn",
  failed: "failed",
  approval_requested: "awaiting_approval",
  approved: "approved",
  denied: "denied",
  cancelled: "cancelled",
  expired: "expired",
  started: "in_flight",
  settled: "settled",
  refunded: "refunded",
};

function led({ transfer, history, scheduledFor, expiresAt }: TransferView): WithHistory {
  const last = history.at(-1);
  const status = last && statusAfter[last.what];
  const hasReason = status === "refunded" || status === "denied" || status === "failed";
  return {
    ...described(transfer),
    status,
    ...(hasReason ? { reason: last?.reason } : {}),
    ...(scheduledFor === undefined ? {} : { scheduledFor }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    history,
  };
}
