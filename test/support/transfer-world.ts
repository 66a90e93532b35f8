/**
 * The system without Azure: streams, read models, integration events and processes made by the very code that runs there.
 * What is delivered next, how often, and when the time passes is up to the test.
 */
import assert from "node:assert/strict";
import { model } from "../../src/modules/aggregates.ts";
import { account } from "../../domain/account/account.ts";
import { accountAggregate } from "../../src/modules/account/aggregate.ts";
import type { AccountEvent, AccountState } from "../../domain/account/account.messages.ts";
import { transferProcess } from "../../domain/account/transfer.process.ts";
import { type Message } from "../../domain/kernel/decider.ts";
import { streamOf } from "../../domain/kernel/streams.ts";
import type { CommandEnvelope } from "../../src/kernel/messages/command.ts";
import { causes, type Commit, noRecentCommands } from "../../src/kernel/messages/commit.ts";
import { headOf, type StreamHead } from "../../src/kernel/store/event-store.ts";
import { decideCommit, isCertainlyNew } from "../../src/kernel/handling/decide-commit.ts";
import { signalFrom, signalShownBy } from "../../src/modules/transfer/transfer-news.ts";
import {
  isLed,
  projectTransfer,
  type TransferView,
} from "../../src/modules/transfer/transfer-view.ts";
import type { IntegrationEvent } from "../../src/modules/account/integration-events.ts";
import { toIntegrationEvents } from "../../src/modules/account/to-integration-events.ts";
import { primaryReactions } from "../../src/kernel/feeds/primary-reactions.ts";
import { terms } from "./account-commands.ts";

type ProcessStep = ReturnType<typeof transferProcess.wake>;

const beginning = Date.parse(terms.requestedAt);

export class TransferWorld {
  readonly commits: Commit[] = [];
  /** Commands that have not been delivered for the first time yet. */
  readonly pending: CommandEnvelope[] = [];
  /** Events that have not been delivered for the first time yet. */
  readonly published: IntegrationEvent[] = [];
  readonly views = new Map<string, TransferView>();
  private readonly heads = new Map<string, StreamHead>();
  private readonly issued = new Set<string>();
  private readonly processes = new Map<string, ProcessStep>();
  private nowMs = beginning;

  open(accounts: readonly { readonly id: string; readonly currency: string }[]): void {
    for (const { id, currency } of accounts) {
      const data = { name: id, email: `${id}@example.com`, currency };
      this.deliver(commandTo(id, `open-${id}`, { type: "OpenAccount", data }, this.nowMs));
    }
  }

  deliver(command: CommandEnvelope): void {
    const { stream } = command;
    const head = this.heads.get(stream) ?? emptyHead(stream);
    const isHandled = this.commits.some(
      (commit) => commit.stream === stream && commit.commandIds.includes(command.commandId),
    );
    assert.ok(!(isHandled && isCertainlyNew(head, command)), "a handled command passed for new");
    if (isHandled) return;
    this.nowMs += 700;
    const commit = decideCommit(accountAggregate, head, [command], this.nowMs);
    this.heads.set(stream, headOf(commit));
    this.commits.push(commit);
    this.project(commit);
    this.pending.push(...primaryReactions(model, commit));
    this.published.push(...toIntegrationEvents(commit));
  }

  /** As the Event Grid handler does: starts the transfer's process, or tells it. */
  hear(event: IntegrationEvent): void {
    const signal = signalFrom(event);
    if (signal === undefined) return;
    const id = signal.news.transfer.transferId;
    const running = this.running(id);
    if (running !== undefined)
      this.take(id, transferProcess.hear(running.state, signal.news, this.nowMs));
    else if (signal.news.stage !== "ended") this.start(id);
  }

  /** As the watchdog does: starts the processes that are not there. */
  watch(): void {
    for (const { id, stage } of this.views.values())
      if (stage !== "ended" && this.running(id) === undefined) this.start(id);
  }

  /** Time passes until the next process wakes; `false` if none will. */
  pass(): boolean {
    const waiting = [...this.processes].flatMap(([id, { state, next }]) =>
      next.kind === "wait" ? [{ id, state, untilMs: next.untilMs }] : [],
    );
    const [first] = waiting.toSorted((a, b) => a.untilMs - b.untilMs);
    if (first === undefined) return false;
    this.nowMs = Math.max(this.nowMs, first.untilMs);
    this.take(first.id, transferProcess.wake(first.state, this.nowMs));
    return true;
  }

  /** Nothing is made or lost, and nobody has less than nothing. */
  check(): void {
    const events = this.commits.flatMap(({ events }) => events as unknown as AccountEvent[]);
    const sum = (amountOf: (event: AccountEvent) => number): number =>
      events.reduce((total, event) => total + amountOf(event), 0);
    const loaded = sum((event) => (event.type === "CreditsLoaded" ? event.data.amountE4 : 0));
    const fees = sum((event) => (event.type === "CreditsLoaded" ? event.data.feeE4 : 0));
    const inFlight = sum(putInFlight);
    let available = 0;
    for (const { state } of this.heads.values()) {
      const current = state as AccountState;
      if (current.stage === "unopened") continue;
      available += current.availableE4;
      assert.ok(current.availableE4 >= 0 && current.inFlightE4 >= 0, "a negative balance");
      const sent = Object.values(current.transfers)
        .filter(({ stage }) => stage !== "scheduled")
        .reduce((total, { amountE4 }) => total + amountE4, 0);
      assert.equal(current.inFlightE4, sent);
    }
    assert.ok(inFlight >= 0);
    assert.equal(available + inFlight + fees, loaded);
  }

  /** Everything has come to its end: each transfer in exactly one of the ways there are. */
  checkEnd(): void {
    for (const { state } of this.heads.values()) {
      const current = state as AccountState;
      if (current.stage !== "unopened") assert.deepEqual(current.transfers, {});
    }
    for (const view of this.views.values()) {
      assert.equal(view.stage, "ended");
      const ends = view.history.filter(({ what }) => endings.includes(what));
      assert.equal(ends.length, 1, `${view.id} ended ${ends.length} times`);
    }
    for (const { next } of this.processes.values()) assert.equal(next.kind, "done");
  }

  private project(commit: Commit): void {
    for (const { event: stored, version, cause } of causes(commit)) {
      const event = stored as unknown as AccountEvent;
      if (!isLed(event)) continue;
      const { actor: by, correlationId, commandId: causationId, traceparent } = cause;
      const context = { version, at: commit.at, by };
      const seen = this.views.get(event.data.transferId);
      const told = { ...context, cause: { correlationId, causationId, traceparent } };
      this.views.set(event.data.transferId, projectTransfer(seen, event, told));
    }
  }

  private running(id: string): ProcessStep | undefined {
    const step = this.processes.get(id);
    return step?.next.kind === "done" ? undefined : step;
  }

  private start(id: string): void {
    this.take(id, { state: transferProcess.initialState, commands: [], next: { kind: "look" } });
  }

  /** As the activity that issues commands does. */
  private completed(transferId: string, { type, data }: Message): object {
    if (type === "StartTransfer") return { ...data, terms };
    return type === "ReceiveCredits" ? (this.views.get(transferId)?.transfer ?? data) : data;
  }

  private take(id: string, step: ProcessStep): void {
    for (const { stream, commandId, command } of step.commands) {
      const accountId = stream.slice(stream.indexOf("-") + 1);
      const data = this.completed(id, command);
      // Stored once, so that it keeps the instant of its acceptance however often it is issued.
      if (this.issued.has(commandId)) continue;
      this.issued.add(commandId);
      this.pending.push(commandTo(accountId, commandId, { ...command, data }, this.nowMs));
    }
    this.processes.set(id, step);
    const view = this.views.get(id);
    if (step.next.kind !== "look") return;
    assert.ok(view, "a process leads a transfer that is not there");
    this.take(id, transferProcess.see(step.state, signalShownBy(view).news, this.nowMs));
  }
}

const endings = ["withdrawn", "failed", "denied", "cancelled", "expired", "settled", "refunded"];

function putInFlight(event: AccountEvent): number {
  switch (event.type) {
    case "CreditsSent":
    case "ApprovalRequested":
      return event.data.amountE4;
    case "CreditsReceived":
    case "TransferRefunded":
    case "TransferDenied":
    case "TransferCancelled":
    case "TransferExpired":
      return -event.data.amountE4;
    default:
      return 0;
  }
}

function emptyHead(stream: string): StreamHead {
  const state = account.initialState;
  return { stream, number: 0, version: 0, at: "", state, recent: noRecentCommands };
}

export function commandTo(
  accountId: string,
  commandId: string,
  command: Message,
  acceptedMs: number,
): CommandEnvelope {
  return {
    commandId,
    stream: streamOf("account", accountId),
    type: command.type,
    data: command.data,
    acceptedAt: new Date(acceptedMs).toISOString(),
    actor: "test",
    correlationId: commandId,
    causationId: commandId,
    traceparent: "",
  };
}
