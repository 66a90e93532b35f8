/** Composition: every part made once for this instance, from the settings up. Nothing here talks to Azure yet. */
import { type OwnerOf, ownersIn } from "./access/owners.ts";
import type { CommandDocument } from "./commands/command.ts";
import { type OwnAccounts, ownAccounts } from "./commands/own-accounts.ts";
import { type Progress, progress } from "./commands/progress.ts";
import { type StatusReader, statusReader } from "./commands/status.ts";
import { readCommand } from "./commands/stored-commands.ts";
import { type TermsAt, termsOf } from "./commands/terms.ts";
import { containers } from "./containers.ts";
import type { Commit } from "./events/commit.ts";
import { type EventStore, eventStore } from "./events/event-store.ts";
import { readCommit } from "./events/read-commit.ts";
import { type HandleCommands, handleCommands } from "./handling/handle-commands.ts";
import { type StreamWriter, streamWriter } from "./handling/stream-writer.ts";
import { type Clock, steadyClock, systemClock } from "./platform/clock.ts";
import { openDatabase } from "./platform/cosmos/client.ts";
import { documentsIn } from "./platform/cosmos/container.ts";
import type { Documents } from "./platform/cosmos/documents.ts";
import { openTopic } from "./platform/event-grid/topic.ts";
import { readSettings, type Settings } from "./platform/settings.ts";
import type { AccountView } from "./projections/account-view.ts";
import { type FollowUp, followUp, primaryHandler } from "./projections/primary-handler.ts";
import { accountProjection } from "./projections/projection.ts";
import { transferProjection } from "./projections/transfer-projection.ts";
import type { TransferView } from "./projections/transfer-view.ts";
import { type Forwarding, forwarding } from "./publishing/forward.ts";
import { publisher } from "./publishing/publisher.ts";
import type { RevenueDocument } from "./reactions/daily-revenue/count-revenue.ts";
import { type NotificationOutbox, notificationOutbox } from "./reactions/notifications/outbox.ts";
import { deadLetters } from "./recovery/dead-letters.ts";
import { perStream } from "./recovery/per-stream.ts";
import type { Recovery, Replayers } from "./recovery/replay.ts";

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
  const store = eventStore(events);
  const parked = deadLetters(documents(containers.deadLetters.id), clock);
  const safely = perStream(parked, clock);
  const news = progress();

  const writer = streamWriter({ store, clock, committed: announceHandled(news) });
  const handle = handleCommands(writer, safely);
  const projection = accountProjection(accounts);
  const transferViews = transferProjection(transfers);
  const follow = followUp({
    accounts: projection,
    transfers: transferViews,
    handle,
    progress: news,
    clock,
  });
  const publish = publisher(openTopic(settings));
  const forwarded = forwarding({ publish, store, deadLetters: parked });
  const reading = { store, projection, deadLetters: parked, progress: news, clock: steadyClock };
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
    recovery: {
      deadLetters: parked,
      replayers: replayersOf(writer, follow, forwarded),
      original: originals({ commands, events }),
    },
    handleCommands: handle,
    handleEvents: primaryHandler(follow, safely, forwarded),
  };
}

function announceHandled(news: Progress): (commit: Commit) => void {
  return (commit) => {
    news.announce("handled", commit);
  };
}

function replayersOf(
  writer: StreamWriter,
  follow: FollowUp,
  { forward, publishNoted }: Forwarding,
): Replayers {
  return {
    handling: async (stream, message) => writer.handle(stream, [readCommand(message)]),
    projecting: async (stream, message) => {
      const commit = readCommit(message);
      await follow(stream, [commit]);
      await forward([commit]);
    },
    publishing: publishNoted,
  };
}

function originals(stored: {
  readonly commands: Documents<CommandDocument>;
  readonly events: Documents<Commit>;
}): Recovery["original"] {
  return async ({ container, partition, id }) =>
    partition === undefined ? undefined : (await stored[container].read(partition, id))?.document;
}
