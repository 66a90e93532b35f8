/** A head never takes a command for new that was handled before, whenever it was accepted and however long ago that is. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { CommandEnvelope } from "../../../../src/kernel/messages/command.ts";
import { type Commit, noRecentCommands } from "../../../../src/kernel/messages/commit.ts";
import { headOf, type StreamHead } from "../../../../src/kernel/store/event-store.ts";
import { decideCommit, isCertainlyNew } from "../../../../src/kernel/handling/decide-commit.ts";
import { account } from "../../../../domain/account/account.ts";
import { accountAggregate } from "../../../../src/modules/account/aggregate.ts";
import type { Posting } from "../../../../domain/kernel/postings.ts";
import { terms } from "../../../support/account-commands.ts";
import { envelope, epochMs, load, open } from "../../../support/envelopes.ts";

const emptyHead: StreamHead = {
  stream: "account-ada",
  number: 0,
  version: 0,
  at: "",
  state: account.initialState,
  recent: noRecentCommands,
};

/** Heads as the store gives them back: out of JSON. */
function commitTo(head: StreamHead, commands: readonly CommandEnvelope[], nowMs: number): Commit {
  return JSON.parse(
    JSON.stringify(decideCommit(accountAggregate, head, commands, nowMs)),
  ) as Commit;
}

/** Acceptance times that crowd, jump, go backwards and repeat, within a few windows of two seconds. */
const acceptedMs = fc.oneof(
  fc.nat(9_000),
  fc.nat(50),
  fc.constantFrom(0, 1_999, 2_000, 2_001, 4_000),
);

/** Batches of deliveries of up to 150 different commands; the same one may come any number of times. */
const deliveries = fc
  .array(acceptedMs, { minLength: 1, maxLength: 150 })
  .map((times) => times.map((ms, index) => load("ada", `c${index}`, ms)))
  .chain((commands) =>
    fc.array(fc.array(fc.constantFrom(...commands), { minLength: 1, maxLength: 40 }), {
      maxLength: 30,
    }),
  );

describe("a head", () => {
  test("takes no command for new that the full history holds", () => {
    fc.assert(
      fc.property(deliveries, (batches) => {
        let head = headOf(commitTo(emptyHead, [open("ada")], epochMs));
        const history = new Set(["open-ada"]);
        for (const [index, batch] of batches.entries()) {
          for (const command of batch)
            if (history.has(command.commandId)) assert.equal(isCertainlyNew(head, command), false);
          const isNew = ({ commandId }: CommandEnvelope): boolean => !history.has(commandId);
          const fresh = [...new Set(batch)].filter(isNew);
          if (fresh.length === 0) continue;
          head = headOf(commitTo(head, fresh, epochMs + index));
          for (const { commandId } of fresh) history.add(commandId);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("knows commands for new that come in the order in which they were accepted", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 200 }), (steps) => {
        let head = emptyHead;
        let ms = 0;
        for (const [index, step] of steps.entries()) {
          const command = load("ada", `c${index}`, (ms += step));
          assert.equal(isCertainlyNew(head, command), true);
          head = headOf(commitTo(head, [command], epochMs + ms));
        }
      }),
      { numRuns: 50 },
    );
  });

  test("remembers few commands, however many were handled", () => {
    let head = headOf(commitTo(emptyHead, [open("ada")], epochMs));
    const many = Array.from({ length: 500 }, (_, index) => load("ada", `c${index}`, index % 7));
    for (const commands of [many.slice(0, 200), many.slice(200, 201), many.slice(201)]) {
      head = headOf(commitTo(head, commands, epochMs));
      assert.ok(head.recent.seen.length <= 64);
    }
    for (const command of many) assert.equal(isCertainlyNew(head, command), false);
  });
});

describe("a commit", () => {
  test("is later than the one before, even if the clock goes backwards or stands still", () => {
    const first = decideCommit(accountAggregate, emptyHead, [open("ada")], epochMs + 1_000);
    const second = decideCommit(
      accountAggregate,
      headOf(first),
      [load("ada", "c1")],
      epochMs + 1_000,
    );
    const third = decideCommit(
      accountAggregate,
      headOf(second),
      [load("ada", "c2")],
      epochMs - 60_000,
    );
    const fourth = decideCommit(
      accountAggregate,
      headOf(third),
      [load("ada", "c3")],
      epochMs + 5_000,
    );
    assert.deepEqual(
      [first, second, third, fourth].map(({ at }) => Date.parse(at) - epochMs),
      [1_000, 1_001, 1_002, 5_000],
    );
  });

  test("decides each command upon the state that the one before left", () => {
    const send = (id: string): CommandEnvelope =>
      envelope("ada", id, {
        type: "SendCredits",
        data: { transferId: `ada-${id}`, from: "ada", to: "bob", amountE4: 6_000, terms },
      });
    const commands = [open("ada"), load("ada", "c1"), send("c2"), send("c3")];
    const commit = decideCommit(accountAggregate, emptyHead, commands, epochMs);
    assert.deepEqual(
      commit.outcomes.map((outcome) => [
        outcome.commandId,
        outcome.events,
        outcome.status === "rejected" ? outcome.code : outcome.status,
      ]),
      [
        ["open-ada", 1, "accepted"],
        ["c1", 1, "accepted"],
        ["c2", 1, "accepted"],
        ["c3", 0, "insufficient_funds"],
      ],
    );
    const { id, number, version, events, commandIds } = commit;
    assert.deepEqual([id, number, version, events.length], ["0000000001", 1, 3, 3]);
    assert.deepEqual(commandIds, ["open-ada", "c1", "c2", "c3"]);
  });

  test("keeps what each command was accepted with in its outcome, but not what it asked for", () => {
    const command = open("ada");
    const [outcome] = decideCommit(accountAggregate, emptyHead, [command], epochMs).outcomes;
    const { data, stream, ...accepted } = command;
    assert.deepEqual(outcome, { ...accepted, events: 1, status: "accepted" });
  });

  test("cannot be made from a command that nobody knows", () => {
    const unknown = envelope("ada", "c1", { type: "LevyTax", data: {} });
    assert.throws(
      () => decideCommit(accountAggregate, emptyHead, [open("ada"), unknown], epochMs),
      {
        name: "InvariantBroken",
      },
    );
  });
});

test("money that would come from nowhere is not committed", () => {
  const postings = (): readonly Posting[] => [{ ledger: "fees", currency: "EUR", amountE4: 1 }];
  assert.throws(
    () => decideCommit({ decider: account, postings }, emptyHead, [open("ada")], epochMs),
    { name: "InvariantBroken", message: "the postings of AccountOpened in EUR do not balance" },
  );
});
