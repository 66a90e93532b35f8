/** Composition: every part made once for this instance, from the settings up. Nothing here talks to Azure yet. */
import { type OwnerOf, ownersIn } from "./modules/account/owners.ts";
import type { CommandDocument } from "./kernel/messages/command.ts";
import type { OwnAccounts } from "./modules/account/read-intention.ts";
import { ownAccounts } from "./modules/transfer/own-accounts.ts";
import { model } from "./modules/aggregates.ts";
import { walletProjections } from "./modules/transfer/wallet-projections.ts";
import { type Notifier, notifier } from "./kernel/messages/notifier.ts";
import { type StatusReader, statusReader } from "./kernel/ingress/status.ts";
import { type TermsAt, termsOf } from "./modules/account/terms.ts";
import { containers } from "./containers.ts";
import type { Commit } from "./kernel/messages/commit.ts";
import { type EventStore, eventStore } from "./kernel/store/event-store.ts";
import { type HandleCommands, handleCommands } from "./kernel/handling/handle-commands.ts";
import { streamWriter } from "./kernel/handling/stream-writer.ts";
import { type Clock, steadyClock, systemClock } from "./platform/clock.ts";
import { openDatabase } from "./platform/cosmos/client.ts";
import { documentsIn } from "./platform/cosmos/container.ts";
import type { Documents } from "./platform/cosmos/documents.ts";
import { openTopic } from "./platform/event-grid/topic.ts";
import { readSettings, type Settings } from "./platform/settings.ts";
import type { AccountView } from "./modules/account/account-view.ts";
import { followUp, primaryHandler } from "./kernel/feeds/handle-events.ts";
import { projectionsOf } from "./kernel/projections/projections.ts";
import { accountProjection } from "./modules/account/account-projection.ts";
import { transferProjection } from "./modules/transfer/transfer-projection.ts";
import type { TransferView } from "./modules/transfer/transfer-view.ts";
import { forwarding } from "./kernel/publishing/forward.ts";
import { publisher } from "./kernel/publishing/publisher.ts";
import type { RevenueDocument } from "./modules/daily-revenue/count-revenue.ts";
import { type NotificationOutbox, notificationOutbox } from "./modules/notifications/outbox.ts";
import { corrector } from "./kernel/operations/correct.ts";
import { deadLetters } from "./kernel/parking/dead-letters.ts";
import { originalsIn } from "./kernel/operations/originals.ts";
import { perStream } from "./kernel/parking/per-stream.ts";
import { recoverCommands } from "./kernel/operations/recover-commands.ts";
import { recoverCommits } from "./kernel/operations/recover-commits.ts";
import { recoverNotes } from "./kernel/operations/recover-notes.ts";
import type { Recovery } from "./kernel/operations/replay.ts";

export type System = {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly commands: Documents<CommandDocument>;
  readonly accounts: Documents<AccountView>;
  readonly transfers: Documents<TransferView>;
  readonly outbox: NotificationOutbox;
  readonly revenue: Documents<RevenueDocument>;
  readonly termsAt: TermsAt;
  readonly ownerOf: OwnerOf;
  readonly ownAccounts: OwnAccounts;
  readonly store: EventStore;
  readonly statuses: StatusReader;
  readonly recovery: Recovery;
  readonly handleCommands: HandleCommands;
  readonly handleEvents: (commits: readonly object[]) => Promise<void>;
};

export function composeSystem(settings = readSettings(), clock = systemClock): System {
  const database = openDatabase(settings);
  const documents = <D extends { readonly id: string }>(id: string): Documents<D> =>
    documentsIn<D>(async () => (await database()).container(id));

  const accounts = documents<AccountView>(containers.accounts.id);
  const transfers = documents<TransferView>(containers.transfers.id);
  const commands = documents<CommandDocument>(containers.commands.id);
  const ownerOf = ownersIn(commands);
  const events = documents<Commit>(containers.events.id);
  const store = eventStore(events, model);
  const parked = deadLetters(documents(containers.deadLetters.id), clock);
  const safely = perStream(parked, clock);
  const notifying = notifier();

  const writer = streamWriter({ model, store, clock, committed: notifyHandled(notifying) });
  const handle = handleCommands(model, writer, safely, parked);
  const projections = projectionsOf({
    account: walletProjections(
      accountProjection(accounts, store),
      transferProjection(transfers, store),
    ),
  });
  const follow = followUp({
    model,
    store,
    projections,
    handle,
    notifier: notifying,
    clock,
  });
  const publish = publisher(openTopic(settings));
  const forwarded = forwarding({ model, publish, store, deadLetters: parked });
  const originals = originalsIn({ commands, events });
  const recovering = { model, store, writer, follow, originals, deadLetters: parked };
  const stages = {
    handling: recoverCommands(recovering),
    projecting: recoverCommits({
      ...recovering,
      forward: forwarded.forward,
      corrector: corrector(model, store, clock),
    }),
    publishing: recoverNotes(forwarded),
  };
  const reading = {
    model,
    store,
    projections,
    deadLetters: parked,
    notifier: notifying,
    clock: steadyClock,
  };
  return {
    settings,
    clock,
    commands,
    accounts,
    transfers,
    outbox: notificationOutbox(documents(containers.notifications.id), clock),
    revenue: documents(containers.dailyRevenue.id),
    termsAt: termsOf(settings),
    ownerOf,
    ownAccounts: ownAccounts(transfers, accounts, ownerOf),
    store,
    statuses: statusReader(reading),
    recovery: { deadLetters: parked, stages, originals },
    handleCommands: handle,
    handleEvents: primaryHandler({ model, follow, store, ...forwarded }, safely),
  };
}

function notifyHandled(notifying: Notifier): (commit: Commit) => void {
  return (commit) => {
    notifying.notify("handled", commit);
  };
}
