/** Postings are the money's own story: they balance, and add up to every balance that an event or the state tells. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { account } from "../../domain/account/account.ts";
import type { AccountState } from "../../domain/account/account.messages.ts";
import { accountPostings, availableOf, inFlightOf } from "../../domain/account/account.postings.ts";
import { type Posting, unbalancedCurrency } from "../../domain/kernel/postings.ts";
import { anyCommand } from "../support/account-commands.ts";

const stream = "account-ada";
const open = {
  type: "OpenAccount",
  data: { name: "Ada", email: "ada@example.com", currency: "EUR" },
} as const;

describe("the postings of an account", () => {
  test("balance, and add up to what the events and the state tell", () => {
    const commands = fc.array(anyCommand("ada", "c"), { minLength: 1, maxLength: 60 });
    let movements = 0;
    fc.assert(
      fc.property(commands, (asked) => {
        const sums = new Map<string, number>();
        let state: AccountState = account.initialState;
        for (const command of [open, ...asked]) {
          for (const event of eventsOf(command, state)) {
            state = account.evolve(state, event);
            const postings = accountPostings(event, stream);
            assert.equal(unbalancedCurrency(postings), undefined, event.type);
            for (const { ledger, amountE4 } of postings)
              sums.set(ledger, (sums.get(ledger) ?? 0) + amountE4);
            movements += postings.length;
            const expected = {
              availableE4: sums.get(availableOf("ada")) ?? 0,
              inFlightE4: sums.get(inFlightOf("ada")) ?? 0,
            };
            if ("balance" in event.data) assert.deepEqual(event.data.balance, expected, event.type);
            assert.ok(state.stage !== "unopened");
            const { availableE4, inFlightE4 } = state;
            assert.deepEqual({ availableE4, inFlightE4 }, expected, event.type);
          }
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(movements > 0, "nothing has moved at all");
  });
});

/** None of a command that only a bug could send. */
function eventsOf(
  command: Parameters<typeof account.decide>[0],
  state: AccountState,
): readonly Parameters<typeof accountPostings>[0][] {
  try {
    const decision = account.decide(command, state);
    return decision.kind === "accepted" ? decision.events : [];
  } catch (error) {
    assert.equal((error as Error).name, "InvariantBroken");
    return [];
  }
}

describe("what does not balance", () => {
  const posting = (amountE4: number, currency = "EUR"): Posting => ({
    ...{ ledger: "fees", amountE4, currency },
  });

  test("is told by its currency", () => {
    assert.equal(unbalancedCurrency([posting(1), posting(-1), posting(2, "SEK")]), "SEK");
    assert.equal(unbalancedCurrency([posting(1), posting(-1, "SEK")]), "EUR");
    assert.equal(unbalancedCurrency([]), undefined);
  });

  test("is seen beyond 2^53, where sums of numbers are rounded", () => {
    const large = Number.MAX_SAFE_INTEGER;
    const postings = [posting(large), posting(large), posting(-large), posting(-large), posting(1)];
    assert.equal(unbalancedCurrency(postings), "EUR");
    assert.equal(unbalancedCurrency(postings.slice(0, 4)), undefined);
  });
});
