/**
 * One short stream for each type of event there is, decided by today's code: what the recorder keeps of a release. Ids and
 * instants are fixed, so that the same code makes the same commits.
 */
import assert from "node:assert/strict";
import type { AccountCommand, Transfer } from "../../../domain/account/account.messages.ts";
import { transferIdOf, transferSteps } from "../../../domain/account/transfer-id.ts";
import { model } from "../../../src/modules/aggregates.ts";
import { parseStream, streamOf } from "../../../domain/kernel/streams.ts";
import type { CommandEnvelope } from "../../../src/kernel/messages/command.ts";
import { type Commit, noRecentCommands } from "../../../src/kernel/messages/commit.ts";
import { headOf, type StreamHead } from "../../../src/kernel/store/event-store.ts";
import { decideCommit } from "../../../src/kernel/handling/decide-commit.ts";

type Asked = AccountCommand & { readonly commandId?: string; readonly actor?: string };

const ada = "adaadaadaadaadaa";
const bob = "bobbobbobbobbobb";
const asked = "c0000000000000000009";
const transferId = transferIdOf(ada, asked);
const approver = { id: "grace@bank.example", accounts: [] };
const byGrace = { actor: "approver:grace@bank.example" };
const byProcess = { actor: "process:transfer" };
const byOperator = { actor: "operator" };

const startMs = Date.UTC(2026, 0, 31, 12);
const hourMs = 3_600_000;
const after = (hours: number): string => new Date(startMs + hours * hourMs).toISOString();
const terms = {
  requestedAt: after(0),
  approvalFromE4: 1_000_0000,
  approvalUntil: after(24),
};

const open = (name: string): Asked => ({
  type: "OpenAccount",
  data: { name, email: `${name.toLowerCase()}@example.com`, currency: "EUR" },
});
const load = (amountE4: number): Asked => ({ type: "LoadCredits", data: { amountE4 } });
const send = (amountE4: number, more: { note?: string; scheduledFor?: string } = {}): Asked => ({
  type: "SendCredits",
  data: { transferId, from: ada, to: bob, amountE4, ...more, terms },
  commandId: asked,
});
const freeze: Asked = { type: "FreezeAccount", data: { reason: "lost" }, ...byOperator };
const cancel: Asked = { type: "CancelTransfer", data: { transferId } };
const start: Asked = {
  type: "StartTransfer",
  data: { transferId, terms },
  commandId: transferSteps.start(transferId),
  ...byProcess,
};
const credit = (transfer: Partial<Transfer> = {}): Asked => ({
  type: "ReceiveCredits",
  data: { transferId, from: ada, to: bob, amountE4: 25_5000, currency: "EUR", ...transfer },
  commandId: transferSteps.credit(transferId),
  actor: `account:${ada}`,
});

const rich = [open("Ada"), load(5_000_0000)];
const plain = [...rich, send(25_5000, { note: "pocket money" })];
const large = [...rich, send(2_500_0000, { note: "rent" })];
const scheduled = [...rich, send(25_5000, { scheduledFor: after(12) })];

/** By the type of its last event, and what is special about it. */
const commandsOf: Readonly<Record<string, readonly Asked[]>> = {
  AccountOpened: [open("Ada")],
  CreditsLoaded: [open("Ada"), load(100_0000)],
  AccountFrozen: [open("Ada"), freeze],
  AccountUnfrozen: [
    open("Ada"),
    freeze,
    { type: "UnfreezeAccount", data: { reason: "found" }, ...byOperator },
  ],
  AccountClosed: [open("Ada"), { type: "CloseAccount", data: {} }],
  CreditsSent: plain,
  TransferSettled: [
    ...plain,
    {
      type: "SettleTransfer",
      data: { transferId },
      commandId: transferSteps.settle(transferId),
    },
  ],
  TransferRefunded: [
    ...plain,
    {
      type: "RefundTransfer",
      data: { transferId, reason: "receiver_closed" },
      commandId: transferSteps.refund(transferId),
    },
  ],
  CreditsReceived: [open("Bob"), credit({ note: "pocket money" })],
  "CreditsReceived, managed": [open("Bob"), credit({ amountE4: 2_500_0000, isManaged: true })],
  CreditsDeclined: [credit()],
  TransferScheduled: scheduled,
  TransferWithdrawn: [...scheduled, cancel],
  "CreditsSent, scheduled": [...scheduled, start],
  ScheduledTransferFailed: [...rich, send(9_999_0000, { scheduledFor: after(12) }), start],
  ApprovalRequested: large,
  TransferApproved: [
    ...large,
    {
      type: "ApproveTransfer",
      data: { transferId, approver, reason: "known to us" },
      ...byGrace,
    },
  ],
  "TransferApproved, no reason": [
    ...large,
    { type: "ApproveTransfer", data: { transferId, approver }, ...byGrace },
  ],
  TransferDenied: [
    ...large,
    {
      type: "DenyTransfer",
      data: { transferId, approver, reason: "not known to us" },
      ...byGrace,
    },
  ],
  TransferCancelled: [...large, cancel],
  TransferExpired: [
    ...large,
    {
      type: "ExpireTransfer",
      data: { transferId },
      commandId: transferSteps.expire(transferId),
      ...byProcess,
    },
  ],
  "rejected command": [open("Ada"), send(25_5000)],
};

export type Story = {
  /** One for each command, as they are stored in `events`. */
  readonly commits: readonly Commit[];
  /** The last of the commands, as it waits in `commands` or among the dead letters. */
  readonly lastCommand: CommandEnvelope;
};

export function stories(): ReadonlyMap<string, Story> {
  return new Map(Object.entries(commandsOf).map(([name, commands]) => [name, storyOf(commands)]));
}

/** Where a stream stands after these commits, by today's fold. */
export function headAfter(stream: string, commits: readonly Commit[]): StreamHead {
  const { decider } = model.of(stream);
  const events = commits.flatMap((commit) => commit.events);
  const state = events.reduce<unknown>(
    (folded, event) => decider.evolve(folded, event),
    decider.initialState,
  );
  const last = commits.at(-1);
  if (last !== undefined) return { ...headOf(last), state };
  return { stream, number: 0, version: 0, at: "", recent: noRecentCommands, state };
}

function storyOf(commands: readonly Asked[]): Story {
  const accountId = commands.some(({ type }) => type === "ReceiveCredits") ? bob : ada;
  const stream = streamOf("account", accountId);
  const commits: Commit[] = [];
  const envelopes = commands.map((asked, index) => envelopeOf(asked, index, stream));
  for (const command of envelopes) {
    const nowMs = Date.parse(command.acceptedAt) + 20;
    commits.push(decideCommit(model.of(stream), headAfter(stream, commits), [command], nowMs));
  }
  const lastCommand = envelopes.at(-1);
  assert.ok(lastCommand, "A story has at least one command.");
  return { commits, lastCommand };
}

function envelopeOf(
  { type, data, commandId: id, actor }: Asked,
  index: number,
  stream: string,
): CommandEnvelope {
  const { id: accountId } = parseStream(stream);
  const commandId = id ?? `c000000000000000000${index + 1}`;
  const acceptedAt = new Date(startMs + index * 1_000).toISOString();
  return {
    ...{ commandId, stream, type, data, acceptedAt },
    actor: actor ?? `account:${accountId}`,
    ...(actor === undefined ? { subject: `subject-of-${accountId}` } : {}),
    ...{ correlationId: commandId, causationId: commandId },
    traceparent: `00-${"1".repeat(32)}-${`${index + 1}`.padStart(16, "0")}-01`,
  };
}
