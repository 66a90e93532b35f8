import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import type { ProvisioningState, SubscriptionDefinition } from "../subscription.ts";
import type { TopicDefinition } from "../topic.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";

/** One event on its way to one subscription. */
export type DeliveryRow = {
  readonly number: number;
  readonly subscription: number;
  /** The event as JSON, in the topic's schema. */
  readonly event: string;
  readonly publishedAt: number;
  readonly attempts: number;
  /** When the next attempt, or the dead letter, is due. */
  readonly dueAt: number;
  /** How the last attempt ended, and when. */
  readonly lastOutcome: string | null;
  readonly lastAttemptAt: number | null;
  /** Why and since when it is a dead letter; null while it is to be delivered. */
  readonly deadLetterReason: string | null;
  readonly deadLetteredAt: number | null;
};

export type Counts = {
  /** Events that matched the filter. */
  readonly matched: number;
  readonly delivered: number;
  /** Attempts that failed. */
  readonly failedAttempts: number;
  readonly deadLettered: number;
  readonly dropped: number;
};

type SubscriptionRow = {
  readonly number: number;
  readonly topic: string;
  readonly name: string;
  readonly definition: SubscriptionDefinition;
  readonly state: ProvisioningState;
  readonly counts: Counts;
};

/** Everything the service holds, in one SQLite file. Changes must be made in a transaction. */
export type Store = {
  readonly transactions: GroupCommit;
  topics(): readonly (TopicDefinition & { readonly name: string })[];
  saveTopic(name: string, definition: TopicDefinition): void;
  removeTopic(name: string): void;
  subscriptions(): readonly SubscriptionRow[];
  /** Inserts or updates by topic and name; gives the number. */
  saveSubscription(row: Omit<SubscriptionRow, "number" | "counts">): number;
  saveCounts(subscription: number, counts: Counts): void;
  /** With its deliveries. */
  removeSubscription(number: number): void;

  insertDelivery(
    row: Pick<DeliveryRow, "subscription" | "event" | "publishedAt" | "dueAt">,
  ): number;
  updateDelivery(row: Omit<DeliveryRow, "event" | "publishedAt" | "subscription">): void;
  removeDelivery(number: number): void;
  readDelivery(number: number): DeliveryRow | undefined;
  /** All deliveries of a subscription in the order of their numbers, without reading the events. */
  pending(subscription: number): readonly PendingRow[];
  close(): void;
};

export type PendingRow = Pick<
  DeliveryRow,
  "number" | "attempts" | "dueAt" | "publishedAt" | "deadLetterReason"
> & { readonly bytes: number };

const schema = `
  CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, definition TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS subscriptions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    state TEXT NOT NULL,
    counts TEXT NOT NULL DEFAULT '{}',
    UNIQUE (topic, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription INTEGER NOT NULL,
    event TEXT NOT NULL,
    publishedAt INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    dueAt INTEGER NOT NULL,
    lastOutcome TEXT,
    lastAttemptAt INTEGER,
    deadLetterReason TEXT,
    deadLetteredAt INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS deliveries_by_subscription ON deliveries (subscription);
`;

export const noCounts: Counts = {
  matched: 0,
  delivered: 0,
  failedAttempts: 0,
  deadLettered: 0,
  dropped: 0,
};

/** `onFailure` is told of a transaction that failed. */
export function openStore(file: string, onFailure: (error: unknown) => void): Store {
  const database = openFile(file);
  const statements = {
    saveTopic: database.prepare("INSERT OR REPLACE INTO topics (name, definition) VALUES (?, ?)"),
    saveSubscription: database.prepare(
      `INSERT INTO subscriptions (topic, name, definition, state) VALUES (?, ?, ?, ?)
       ON CONFLICT (topic, name) DO UPDATE SET definition = excluded.definition,
         state = excluded.state
       RETURNING number`,
    ),
    saveCounts: database.prepare("UPDATE subscriptions SET counts = ? WHERE number = ?"),
    insert: database.prepare(
      "INSERT INTO deliveries (subscription, event, publishedAt, dueAt) VALUES (?, ?, ?, ?)",
    ),
    update: database.prepare(
      `UPDATE deliveries SET attempts = ?, dueAt = ?, lastOutcome = ?, lastAttemptAt = ?,
         deadLetterReason = ?, deadLetteredAt = ? WHERE number = ?`,
    ),
    remove: database.prepare("DELETE FROM deliveries WHERE number = ?"),
    read: database.prepare("SELECT * FROM deliveries WHERE number = ?"),
    pending: database.prepare(
      `SELECT number, attempts, dueAt, publishedAt, deadLetterReason, octet_length(event) AS bytes
       FROM deliveries WHERE subscription = ? ORDER BY number`,
    ),
  };

  return {
    transactions: createGroupCommit(database, onFailure),
    topics: () => database.prepare("SELECT * FROM topics ORDER BY name").all().map(readTopic),
    saveTopic: (name, definition) => {
      statements.saveTopic.run(name, JSON.stringify(definition));
    },
    removeTopic: (name) => {
      database.prepare("DELETE FROM topics WHERE name = ?").run(name);
    },
    subscriptions: () =>
      database.prepare("SELECT * FROM subscriptions ORDER BY number").all().map(readSubscription),
    saveSubscription: ({ topic, name, definition, state }) => {
      const text = JSON.stringify(definition);
      return Number(statements.saveSubscription.get(topic, name, text, state)?.["number"]);
    },
    saveCounts: (subscription, counts) => {
      statements.saveCounts.run(JSON.stringify(counts), subscription);
    },
    removeSubscription: (number) => {
      database.prepare("DELETE FROM deliveries WHERE subscription = ?").run(number);
      database.prepare("DELETE FROM subscriptions WHERE number = ?").run(number);
    },
    insertDelivery: ({ subscription, event, publishedAt, dueAt }) =>
      Number(statements.insert.run(subscription, event, publishedAt, dueAt).lastInsertRowid),
    updateDelivery: (row) => {
      const { number, attempts, dueAt, lastOutcome, lastAttemptAt } = row;
      const { deadLetterReason, deadLetteredAt } = row;
      statements.update.run(
        ...[attempts, dueAt, lastOutcome, lastAttemptAt, deadLetterReason, deadLetteredAt],
        number,
      );
    },
    removeDelivery: (number) => {
      statements.remove.run(number);
    },
    readDelivery: (number) => statements.read.get(number) as DeliveryRow | undefined,
    pending: (subscription) => statements.pending.all(subscription) as PendingRow[],
    close: () => {
      database.close();
    },
  };
}

/** WAL with a sync at each commit: what was acknowledged survives a crash of the machine. */
function openFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  // Two services on one file would each deliver what the other does.
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec(schema);
  // An event that was being accepted while its subscription was removed leaves a delivery behind.
  database.exec(
    "DELETE FROM deliveries WHERE subscription NOT IN (SELECT number FROM subscriptions)",
  );
  return database;
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function readTopic({ name, definition }: Row): TopicDefinition & { readonly name: string } {
  return { ...(JSON.parse(String(definition)) as TopicDefinition), name: String(name) };
}

function readSubscription({
  number,
  topic,
  name,
  definition,
  state,
  counts,
}: Row): SubscriptionRow {
  return {
    number: Number(number),
    topic: String(topic),
    name: String(name),
    definition: JSON.parse(String(definition)) as SubscriptionDefinition,
    state: String(state) as ProvisioningState,
    counts: { ...noCounts, ...(JSON.parse(String(counts)) as Partial<Counts>) },
  };
}
