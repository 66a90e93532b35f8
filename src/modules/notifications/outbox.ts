/**
 * The messages to an account's owner, in the order in which they came in. Events come late and out of order, so neither
 * their time nor a stamp of this instance's clock can be a reader's cursor: something could still slip in before it.
 * Instead each account counts its notifications: a notification and the count it was given from are written in one
 * transaction, on the condition that nobody has counted meanwhile. A number is therefore visible only once all smaller
 * ones are, and a reader who asks for what is greater than the last it saw misses nothing and sees nothing twice.
 *
 * Price: about 15 RU a notification instead of 6, and one writer an account at a time. Within an instance what comes in
 * for an account while a transaction is under way goes together into the next one, and shares its count.
 */
import { boundedCache } from "../../platform/bounded-cache.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Documents, Write } from "../../platform/cosmos/documents.ts";
import { Malformed } from "../../platform/malformed.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";
import { retryConflicts } from "../../platform/retry-conflicts.ts";
import { notStored, together } from "../../platform/cosmos/together.ts";
import { type Arrivals, arrivals, type Listening } from "./arrivals.ts";
import type { Notification } from "./notifications-of.ts";

export type StoredNotification = Notification & {
  /** 1, 2, 3, … within the account. */
  readonly number: number;
  /** Seconds. */
  readonly ttl: number;
};

/** One an account, never deleted: numbers go on after everything has expired. */
export type NotificationCount = {
  readonly id: typeof countId;
  readonly accountId: string;
  /** The greatest number that has been given. */
  readonly last: number;
};

export type NotificationOutbox = {
  /** Stores it, unless it is stored already. Throws PlatformFault if the platform is away. */
  post(notification: Notification): Promise<void>;
  /** The greatest number given to a notification of the account; 0 if there was none. Costs a point read. */
  lastNumber(accountId: string): Promise<number>;
  /** Those with greater numbers, ascending, at most `limit`. */
  after(accountId: string, number: number, limit: number): Promise<readonly StoredNotification[]>;
  /** Hears of what this instance stores for the account. */
  listen(accountId: string): Listening;
};

/** In `notifications`; partition key: accountId. */
export type NotificationDocuments = Documents<StoredNotification | NotificationCount>;

const countId = "count";
const keptSeconds = 90 * 24 * 60 * 60;
const mostConflicts = 16;
const warmCounts = 10_000;

export function notificationOutbox(
  documents: NotificationDocuments,
  clock: Clock,
): NotificationOutbox {
  const news = arrivals();
  const postTogether = together(numberedWriter(documents, clock, news));
  return {
    post: (notification) => postTogether(notification.accountId, notification),
    async lastNumber(accountId) {
      return countOf((await documents.read(accountId, countId))?.document) ?? 0;
    },
    after: (accountId, number, limit) =>
      documents.query<StoredNotification>({
        text: `SELECT TOP ${limit} * FROM c WHERE c.accountId = @accountId AND c.number > @number
               ORDER BY c.number ASC`,
        parameters: { accountId, number },
        partition: accountId,
      }),
    listen: news.listen,
  };
}

type WriteNumbered = (accountId: string, notifications: readonly Notification[]) => Promise<void>;

/** Gives numbers to notifications of one account (each once) and stores them, if they are not stored yet. */
function numberedWriter(
  documents: NotificationDocuments,
  clock: Clock,
  news: Pick<Arrivals, "announce">,
): WriteNumbered {
  const counts = boundedCache<number>(warmCounts);

  const store = (
    accountId: string,
    last: number,
    notifications: readonly Notification[],
  ): Promise<boolean> =>
    documents.transact(accountId, [
      { kind: "increment", id: countId, by: { last: notifications.length }, from: { last } },
      ...notifications.map((notification, index): Write<StoredNotification> => ({
        kind: "create",
        document: { ...notification, number: last + 1 + index, ttl: keptSeconds },
      })),
    ]);

  return async (accountId, notifications) => {
    let missing = notifications;
    const on = `the count of ${accountId}`;
    await retryConflicts({ attempts: mostConflicts, on }, async (conflicts) => {
      const last = counts.get(accountId) ?? (await openCount(documents, accountId));
      // Until the transaction has told how it ended, the count is not known.
      counts.delete(accountId);
      if (await store(accountId, last, missing)) {
        counts.set(accountId, last + missing.length);
        news.announce(accountId);
        return true;
      }
      // Somebody else has counted, or the event came before: what is stored is done.
      missing = await notStored(documents, accountId, missing);
      if (missing.length === 0) return true;
      await clock.sleep(Math.random() * 5 * conflicts);
      return false;
    });
  };
}

/** The account's count, begun if there is none. */
async function openCount(documents: NotificationDocuments, accountId: string): Promise<number> {
  const count = { id: countId, accountId, last: 0 } as const;
  const read = async (): Promise<number | undefined> =>
    countOf((await documents.read(accountId, countId))?.document);
  const isBegun = async (): Promise<boolean> =>
    (await documents.create(accountId, count)) !== undefined;
  const last = (await read()) ?? ((await isBegun()) ? 0 : await read());
  if (last === undefined) throw new PlatformFault(`The count of ${accountId} cannot be read`);
  return last;
}

/** Throws `Malformed`: a number that was given twice would hide a notification for ever. */
function countOf(document: StoredNotification | NotificationCount | undefined): number | undefined {
  if (document === undefined) return undefined;
  const { accountId, last } = document as Partial<NotificationCount>;
  if (Number.isSafeInteger(last)) return last;
  throw new Malformed(`notifications/${accountId ?? ""}/${countId}: last: must be a whole number`);
}
