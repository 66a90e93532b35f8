/** Documents that no version of the code should ever have stored, written straight into the containers. */
import { randomUUID } from "node:crypto";
import type { Commit } from "../../src/kernel/messages/commit.ts";
import { commitId } from "../../src/kernel/messages/commit.ts";
import type { Json } from "./client.ts";
import type { Stored } from "./stored.ts";

export type Poison = {
  /** What it should have been. */
  readonly good: Json;
  readonly container: "commands" | "events";
  readonly document: Json;
  /** What the dead letter says is wrong with it. */
  readonly reason: RegExp;
};

const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
const soon = (): string => new Date().toISOString();

/** A command as it should be: loads 5.00. */
export function goodCommand(stream: string): Json & { readonly id: string } {
  const id = randomUUID();
  return {
    ...{ id, commandId: id, stream, type: "LoadCredits", data: { amountE4: 5_0000 } },
    ...{
      acceptedAt: soon(),
      actor: stream.replace("-", ":"),
      correlationId: id,
      causationId: id,
      traceparent,
    },
    ...{ fingerprint: "f", resource: "/api/nothing" },
  };
}

/** The commit that would follow in this stream: somebody has loaded 5.00. */
export async function nextCommit(stored: Stored, stream: string): Promise<Json & Commit> {
  const query = "SELECT TOP 1 * FROM c ORDER BY c.at DESC";
  const { resources } = await stored
    .container("events")
    .items.query<Commit>(query, { partitionKey: stream })
    .fetchAll();
  const [last] = resources;
  if (last === undefined) throw new Error(`The stream ${stream} has no commit.`);
  const state = last.snapshot.state as { availableE4: number; inFlightE4: number };
  const balance = { availableE4: state.availableE4 + 5_0000, inFlightE4: state.inFlightE4 };
  const number = last.number + 1;
  const {
    data: _,
    stream: __,
    fingerprint: ___,
    resource: ____,
    id,
    ...command
  } = goodCommand(stream);
  return {
    ...{ id: commitId(number), stream, number, version: last.version + 1 },
    at: new Date(Math.max(Date.now(), Date.parse(last.at) + 1)).toISOString(),
    events: [
      {
        type: "CreditsLoaded",
        data: { amountE4: 5_0000, feeE4: 0, currency: "EUR", balance },
        v: 1,
      },
    ],
    outcomes: [{ ...command, events: 1, status: "accepted" } as unknown as Commit["outcomes"][0]],
    commandIds: [id],
    snapshot: { fold: last.snapshot.fold, state: { ...state, ...balance } },
    recent: last.recent,
  };
}

const without = (document: Json, ...names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)));

const event = (type: string, data?: unknown): Json => ({
  events: [{ type, v: 1, ...(data === undefined ? {} : { data }) }],
});

const transferOf = (note: string): Json => ({
  transferId: `${"a".repeat(16)}-${"b".repeat(20)}`,
  from: "a".repeat(16),
  to: "c".repeat(16),
  ...{ amountE4: 1, currency: "EUR", note, balance: { availableE4: 0, inFlightE4: 1 } },
});

type Variant = (good: Json) => Json;

const commits: Readonly<Record<string, readonly [Variant, RegExp]>> = {
  "a known event without its data": [
    (good) => ({ ...good, ...event("CreditsLoaded", {}) }),
    /events\.0\.data\.amountE4/,
  ],
  "a known event of a transfer without its data": [
    (good) => ({ ...good, ...event("TransferSettled", {}) }),
    /events\.0\.data\.transferId/,
  ],
  "a known event with no data at all": [
    (good) => ({ ...good, ...event("CreditsLoaded") }),
    /events\.0\.data/,
  ],
  "an amount that is none": [
    (good) => ({
      ...good,
      ...event("CreditsLoaded", {
        ...{ amountE4: "5.00", feeE4: 0, currency: "EUR" },
        balance: { availableE4: null, inFlightE4: 0 },
      }),
    }),
    /events\.0\.data\.amountE4/,
  ],
  "an unknown event": [(good) => ({ ...good, ...event("TaxLevied", {}) }), /TaxLevied/],
  "an event of an unknown version": [
    (good) => ({ ...good, events: [{ type: "AccountClosed", data: {}, v: 9 }] }),
    /AccountClosed/,
  ],
  "an event that is too large for the topic": [
    (good) => ({ ...good, ...event("CreditsSent", transferOf("x".repeat(1_200_000))) }),
    /events\.0\.data\.note/,
  ],
  "events that are no list": [(good) => ({ ...good, events: "none" }), /events/],
  "an event that is null": [(good) => ({ ...good, events: [null] }), /events\.0/],
  "no outcomes": [(good) => without(good, "outcomes"), /outcomes/],
  "an outcome that is null": [(good) => ({ ...good, outcomes: [null] }), /outcomes\.0/],
  "no command ids": [(good) => without(good, "commandIds"), /commandIds/],
  "no instant": [(good) => without(good, "at"), /at/],
  "an instant that is none": [(good) => ({ ...good, at: "yesterday" }), /at/],
  "an instant that is a number": [(good) => ({ ...good, at: 5 }), /at/],
  "another number than its id": [(good) => ({ ...good, number: 77 }), /number/],
  "a version that does not follow": [
    (good) => ({ ...good, version: Number(good["version"]) + 3 }),
    /the next commit follows/,
  ],
  "no snapshot": [(good) => without(good, "snapshot"), /snapshot/],
  "a commit of another stream's shape": [
    ({ id, stream }) => ({ id, stream, hello: "world" }),
    /number/,
  ],
};

/** Of no stream that there is: what is written goes into a partition of its own. */
const strays: Readonly<Record<string, readonly [Variant, RegExp]>> = {
  "nothing but an id and a stream": [({ stream }) => ({ id: randomUUID(), stream }), /id/],
  "no stream": [(good) => without({ ...good, id: randomUUID() }, "stream"), /stream/],
  "a stream that is null": [(good) => ({ ...good, id: randomUUID(), stream: null }), /stream/],
  "a stream that is a number": [(good) => ({ ...good, id: randomUUID(), stream: 7 }), /stream/],
  "a stream of no category": [
    (good) => ({ ...good, id: randomUUID(), stream: "nonsense" }),
    /stream/,
  ],
  "a stream of an unknown category": [
    (good) => ({ ...good, stream: `invoice-${randomUUID()}` }),
    /category/,
  ],
  "a stream of 2 000 characters": [
    (good) => ({ ...good, id: randomUUID(), stream: `account-${"x".repeat(1_990)}` }),
    /stream/,
  ],
  "a stream that no lane can be named after": [
    (good) => ({ ...good, id: randomUUID(), stream: `account-${"\u{1F4B8}".repeat(500)}` }),
    /stream/,
  ],
  "an id that no letter can have": [({ stream }) => ({ id: "y".repeat(1_000), stream }), /id/],
  "the id of a lane's marker": [({ stream }) => ({ id: "lane", stream }), /id/],
  "as much as a document can hold": [
    ({ stream }) => ({ id: randomUUID(), stream, waste: "x".repeat(2 * 1024 * 1024 - 500) }),
    /id/,
  ],
};

const commands: Readonly<Record<string, readonly [Variant, RegExp]>> = {
  "no type": [(good) => without(good, "type"), /type/],
  "an unknown type": [(good) => ({ ...good, type: "LevyTax" }), /LevyTax/],
  "a type that every object has": [(good) => ({ ...good, type: "toString" }), /toString/],
  "no data": [(good) => without(good, "data"), /data/],
  "data that is null": [(good) => ({ ...good, data: null }), /data/],
  "data without what it needs": [(good) => ({ ...good, data: {} }), /data\.amountE4/],
  "an amount that is text": [(good) => ({ ...good, data: { amountE4: "1" } }), /data\.amountE4/],
  "a transfer without its terms": [
    (good) => ({ ...good, type: "SendCredits", data: transferOf("n") }),
    /data\.terms/,
  ],
  "no command id": [(good) => without(good, "commandId"), /commandId/],
  "a command id with a slash": [(good) => ({ ...good, commandId: "a/b" }), /commandId/],
  "a command id that no letter can have": [
    (good) => ({ ...good, commandId: "z".repeat(5_000) }),
    /commandId/,
  ],
  "the command id of a lane's marker": [
    (good) => ({ ...good, commandId: "lane", type: "LevyTax" }),
    /commandId|LevyTax/,
  ],
  "no instant": [(good) => without(good, "acceptedAt"), /acceptedAt/],
  "an instant that is none": [(good) => ({ ...good, acceptedAt: "soon" }), /acceptedAt/],
  "no actor and no trace": [(good) => without(good, "actor", "traceparent"), /actor/],
  "as much as a document can hold": [
    (good) => ({ ...good, type: "LevyTax", waste: "x".repeat(2 * 1024 * 1024 - 900) }),
    /LevyTax/,
  ],
  "no stream": [(good) => without(good, "stream"), /stream/],
  "a stream that is a number": [(good) => ({ ...good, stream: 7 }), /stream/],
  "a stream of no category": [(good) => ({ ...good, stream: "nonsense" }), /stream/],
  "a stream of an unknown category": [(good) => ({ ...good, stream: "invoice-1" }), /category/],
  "a stream of 2 000 characters": [
    (good) => ({ ...good, stream: `account-${"x".repeat(1_990)}` }),
    /stream/,
  ],
};

type Table = Readonly<Record<string, readonly [Variant, RegExp]>>;

/** Names of poisonous commits that claim a place in a stream, of documents that do not, and of commands. */
export const poisonousCommits = Object.keys(commits);
export const strayCommits = Object.keys(strays);
export const poisonousCommands = Object.keys(commands);

/** One of the documents by its name, aimed at the stream of a victim. */
export async function poisonFor(stored: Stored, stream: string, name: string): Promise<Poison> {
  const found = variantIn(commits, name) ?? variantIn(strays, name);
  if (found === undefined) throw new Error(`There is no poison "${name}".`);
  const [variant, reason] = found;
  const good = await nextCommit(stored, stream);
  return { good, container: "events", document: variant(good), reason };
}

export function poisonousCommand(stream: string, name: string): Poison {
  const found = variantIn(commands, name);
  if (found === undefined) throw new Error(`There is no poison "${name}".`);
  const [variant, reason] = found;
  const good = goodCommand(stream);
  return { good, container: "commands", document: variant(good), reason };
}

function variantIn(table: Table, name: string): readonly [Variant, RegExp] | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

export async function write(stored: Stored, { container, document }: Poison): Promise<void> {
  await stored.container(container).items.create(document);
}
