/** The account's view: the same whatever is delivered twice, in whatever portions, and by however many instances. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { account } from "../../../../domain/account/account.ts";
import { accountAggregate } from "../../../../src/modules/account/aggregate.ts";
import type { AccountState } from "../../../../domain/account/account.messages.ts";
import { type Commit, noRecentCommands } from "../../../../src/kernel/messages/commit.ts";
import { headOf, type StreamHead } from "../../../../src/kernel/store/event-store.ts";
import { decideCommit } from "../../../../src/kernel/handling/decide-commit.ts";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import type { AccountView } from "../../../../src/modules/account/account-view.ts";
import { accountProjection } from "../../../../src/modules/account/account-projection.ts";
import { anyCommand } from "../../../support/account-commands.ts";
import { envelope, epochMs, load, open } from "../../../support/envelopes.ts";
import { memoryDocuments } from "../../../support/memory-documents.ts";
import { uncorrected } from "../../../support/uncorrected.ts";

const stream = "account-ada";

/** The commits of an account, a few commands each; some of them come before it is opened. */
const commits = fc
  .tuple(
    fc.array(anyCommand("ada", "c"), { maxLength: 60 }),
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 60, maxLength: 60 }),
    fc.nat(3),
  )
  .map(([commands, sizes, unopened]) => {
    const envelopes = commands.map((command, index) => envelope("ada", `c${index}`, command));
    envelopes.splice(unopened, 0, open("ada"));
    return committed(possible(envelopes), sizes);
  });

const emptyHead: StreamHead = {
  stream,
  number: 0,
  version: 0,
  at: "",
  state: account.initialState,
  recent: noRecentCommands,
};

/** Without those that only a bug could send: they stop at a broken invariant. */
function possible(
  envelopes: readonly ReturnType<typeof envelope>[],
): readonly ReturnType<typeof envelope>[] {
  let head = emptyHead;
  return envelopes.filter((command) => {
    try {
      head = headOf(decideCommit(accountAggregate, head, [command], epochMs));
      return true;
    } catch (error) {
      assert.equal((error as Error).name, "InvariantBroken");
      return false;
    }
  });
}

function committed(
  envelopes: readonly ReturnType<typeof envelope>[],
  sizes: readonly number[],
): readonly Commit[] {
  let head = emptyHead;
  const made: Commit[] = [];
  let next = 0;
  for (const size of sizes) {
    const together = envelopes.slice(next, (next += size));
    if (together.length === 0) break;
    const commit = decideCommit(accountAggregate, head, together, epochMs + made.length);
    made.push(commit);
    head = headOf(commit);
  }
  return made;
}

/**
 * Portions in which a feed delivers: how many commits further back each begins than the last one ended, how many new ones it
 * brings (never with a gap), and which of three instances gets it.
 */
const portions = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 8 }), fc.nat(2)), {
  minLength: 1,
  maxLength: 40,
});

type Portion = { readonly commits: readonly Commit[]; readonly instance: number };

function* delivered(
  all: readonly Commit[],
  steps: readonly (readonly [back: number, forward: number, instance: number])[],
): Generator<Portion> {
  let reached = 0;
  for (const [back, forward, instance] of steps) {
    const from = Math.max(0, reached - back);
    reached = Math.min(all.length, reached + forward);
    yield { commits: all.slice(from, reached), instance };
  }
  yield { commits: all.slice(reached), instance: 0 };
}

async function shownAtOnce(all: readonly Commit[]): Promise<AccountView | undefined> {
  const documents = memoryDocuments<AccountView>();
  await accountProjection(documents, uncorrected).project(stream, all);
  return documents.stored("ada")[0];
}

describe("the view of an account", () => {
  test("is the same after redeliveries of any prefix, in any portions, to any instance", async () => {
    await fc.assert(
      fc.asyncProperty(commits, portions, async (all, steps) => {
        const documents = memoryDocuments<AccountView>();
        const instances = [0, 1, 2].map(() => accountProjection(documents, uncorrected));
        for (const { commits: portion, instance } of delivered(all, steps))
          await instances[instance]?.project(stream, portion);
        assert.deepEqual(documents.stored("ada")[0], await shownAtOnce(all));
      }),
      { numRuns: 200 },
    );
  });

  test("shows the balance of the state, and totals that add up to it", async () => {
    await fc.assert(
      fc.asyncProperty(commits, async (all) => {
        const view = await shownAtOnce(all);
        const state = all.at(-1)?.snapshot.state as AccountState;
        if (state.stage === "unopened") {
          assert.equal(view, undefined);
          return;
        }
        assert.ok(view);
        assert.equal(view.status, state.stage);
        assert.equal(view.version, all.at(-1)?.version);
        assert.equal(view.availableE4, state.availableE4);
        assert.equal(view.inFlightE4, state.inFlightE4);
        const { loadedE4, feesE4, sentE4, receivedE4, refundedE4 } = view;
        assert.equal(view.availableE4, loadedE4 - feesE4 - sentE4 + receivedE4 + refundedE4);
      }),
      { numRuns: 200 },
    );
  });

  test("is brought up to date by two instances at once, whoever is faster", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), commits, async (scheduler, all) => {
        const before = (operation: string): Promise<void> =>
          scheduler.schedule(Promise.resolve(), operation);
        const documents = memoryDocuments<AccountView>({ before });
        const work = [0, 1].map(() =>
          accountProjection(documents, uncorrected).project(stream, all),
        );
        await scheduler.waitFor(Promise.all(work));
        assert.deepEqual(documents.stored("ada")[0], await shownAtOnce(all));
      }),
      { numRuns: 100 },
    );
  });

  test("goes on with an instance that remembers it as it was before others went on with it", async () => {
    const all = committed([open("ada"), load("ada", "c1"), load("ada", "c2")], [1, 1, 1]);
    const documents = memoryDocuments<AccountView>();
    const [one, other] = [
      accountProjection(documents, uncorrected),
      accountProjection(documents, uncorrected),
    ];
    await one.project(stream, all.slice(0, 1));
    await other.project(stream, all.slice(1, 2));
    await one.project(stream, all.slice(2));
    assert.deepEqual(documents.stored("ada")[0], await shownAtOnce(all));
  });

  test("is not touched by a commit that comes before the one in between", async () => {
    const all = committed([open("ada"), load("ada", "c1"), load("ada", "c2")], [1, 1, 1]);
    const documents = memoryDocuments<AccountView>();
    const projection = accountProjection(documents, uncorrected);
    await projection.project(stream, all.slice(0, 1));
    const before = documents.stored("ada");
    const tooEarly = projection.project(stream, all.slice(2));
    await assert.rejects(tooEarly, { name: "InvariantBroken" });
    assert.deepEqual(documents.stored("ada"), before);
    assert.equal(await projection.shownVersion(stream), 1);
  });

  test("is given back to the platform when somebody else is always faster", async () => {
    const all = committed([open("ada"), load("ada", "c1")], [1, 1]);
    const documents = memoryDocuments<AccountView>();
    await accountProjection(documents, uncorrected).project(stream, all.slice(0, 1));
    const losing = { ...documents, replace: () => Promise.resolve(undefined) };
    await assert.rejects(
      accountProjection(losing, uncorrected).project(stream, all),
      PlatformFault,
    );
  });
});
