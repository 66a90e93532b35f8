/**
 * Conservation of money: any commands on a few accounts, with every consequence delivered late, twice and in any order,
 * through the very code that makes commits. At every moment nothing is made or lost; at the end nothing is in flight.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { AccountEvent, AccountState } from "../../domain/account/account.ts";
import { streamOf } from "../../domain/kernel/streams.ts";
import type { CommandEnvelope } from "../../src/commands/command.ts";
import { type Commit, noRecentCommands } from "../../src/events/commit.ts";
import { headOf, type StreamHead } from "../../src/events/event-store.ts";
import { decideCommit, isCertainlyNew } from "../../src/handling/decide-commit.ts";
import { primaryReactions } from "../../src/reactions/primary-reactions.ts";
import { account } from "../../domain/account/account.ts";
import { accountIds, clientCommand } from "../support/account-commands.ts";

type Choice = { accountId: string; command: CommandEnvelope };

const choices = fc.array(
  fc.tuple(fc.constantFrom(...accountIds), fc.nat(9999)).chain(([accountId, number]) =>
    clientCommand(accountId, `c${number}`).map((command): Choice => ({
      accountId,
      command: {
        commandId: `c${number}`,
        stream: streamOf("account", accountId),
        ...command,
        acceptedAt: new Date(1_700_000_000_000 + number).toISOString(),
        actor: "test",
        correlationId: `c${number}`,
        causationId: `c${number}`,
        traceparent: "",
      },
    })),
  ),
  { minLength: 10, maxLength: 60 },
);

/** A world of streams; what it delivers next, and how often, is up to the test. */
class World {
  readonly heads = new Map<string, StreamHead>();
  readonly commits: Commit[] = [];
  /** Deliveries that have not been made for the first time yet. */
  readonly pending: CommandEnvelope[] = [];
  private now = 1_700_000_000_000;

  open(): void {
    for (const [index, id] of accountIds.slice(0, 3).entries())
      this.deliver({
        commandId: `open-${id}`,
        stream: streamOf("account", id),
        type: "OpenAccount",
        data: { name: id, email: `${id}@example.com`, currency: index === 2 ? "USD" : "EUR" },
        acceptedAt: new Date(this.now).toISOString(),
        actor: "test",
        correlationId: `open-${id}`,
        causationId: `open-${id}`,
        traceparent: "",
      });
  }

  deliver(command: CommandEnvelope): void {
    const { stream } = command;
    const head = this.heads.get(stream) ?? {
      stream,
      number: 0,
      version: 0,
      at: "",
      state: account.initialState,
      recent: noRecentCommands,
    };
    const isHandled = this.commits.some(
      (commit) => commit.stream === stream && commit.commandIds.includes(command.commandId),
    );
    assert.ok(!(isHandled && isCertainlyNew(head, command)), "a handled command passed for new");
    if (isHandled) return;
    this.now += 700;
    const commit = decideCommit(head, [command], this.now);
    this.heads.set(stream, headOf(commit));
    this.commits.push(commit);
    this.pending.push(...primaryReactions(commit));
  }

  check(): void {
    const events = this.commits.flatMap(({ events }) => events as unknown as AccountEvent[]);
    const sum = (amountOf: (event: AccountEvent) => number): number =>
      events.reduce((total, event) => total + amountOf(event), 0);
    const loaded = sum((event) => (event.type === "CreditsLoaded" ? event.data.amountE4 : 0));
    const fees = sum((event) => (event.type === "CreditsLoaded" ? event.data.feeE4 : 0));
    const inFlight = sum((event) => {
      if (event.type === "CreditsSent") return event.data.amountE4;
      if (event.type === "CreditsReceived" || event.type === "TransferRefunded")
        return -event.data.amountE4;
      return 0;
    });
    let available = 0;
    for (const { state } of this.heads.values()) {
      const current = state as AccountState;
      if (current.stage === "unopened") continue;
      available += current.availableE4;
      assert.ok(current.availableE4 >= 0 && current.inFlightE4 >= 0, "a negative balance");
      const sending = Object.values(current.sending).reduce(
        (total, { amountE4 }) => total + amountE4,
        0,
      );
      assert.equal(current.inFlightE4, sending);
    }
    assert.ok(inFlight >= 0);
    assert.equal(available + inFlight + fees, loaded);
  }

  inFlight(): number {
    return [...this.heads.values()].reduce((total, { state }) => {
      const current = state as AccountState;
      return total + (current.stage === "unopened" ? 0 : current.inFlightE4);
    }, 0);
  }
}

describe("conservation of money", () => {
  test("holds at every moment, whatever is delivered late, twice or out of order", () => {
    fc.assert(
      fc.property(choices, fc.infiniteStream(fc.nat(999)), (sequence, dice) => {
        const world = new World();
        const draw = (below: number): number => (dice.next().value ?? 0) % below;
        world.open();
        const delivered: CommandEnvelope[] = [];
        const queue = sequence.map(({ command }) => command);
        while (queue.length + world.pending.length > 0) {
          const fromClients = queue.length > 0 && (world.pending.length === 0 || draw(2) === 0);
          const source = fromClients ? queue : world.pending;
          const [next] = source.splice(fromClients ? 0 : draw(source.length), 1);
          if (next === undefined) break;
          world.deliver(next);
          delivered.push(next);
          const again = delivered[draw(delivered.length)];
          if (draw(3) === 0 && again !== undefined) world.deliver(again);
          world.check();
        }
        assert.equal(world.inFlight(), 0);
      }),
      { numRuns: 150 },
    );
  });
});
