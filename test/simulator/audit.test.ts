import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Misbehaviour } from "./support/fake-records.ts";
import { fakeFor, play } from "./support/play.ts";

// At once: most of their time is spent waiting for the next attempt.
describe("The audit finds nothing wrong with an honest service", { concurrency: true }, () => {
  for (const scenario of ["family", "payday", "storm"]) {
    it(`in the scenario "${scenario}"`, async (context) => {
      const { url } = await fakeFor(context);
      const summary = await play(url, scenario);
      assert.deepEqual(summary.audit.findings, []);
      assert.equal(summary.audit.kind, "passed");
      assert.equal(summary.exitCode, 0);
      assert.ok(summary.transfers.completed > 100);
      assert.ok(summary.duplicates > 0);
    });

    it(`that throttles, fails and drops connections, in "${scenario}"`, async (context) => {
      const { url } = await fakeFor(context, { faults: true });
      const summary = await play(url, scenario, "--steps", "30");
      assert.deepEqual(summary.audit.findings, []);
      assert.equal(summary.exitCode, 0);
      assert.ok(summary.retries > 10);
    });

    it(`that goes away for a while and comes back, in "${scenario}"`, async (context) => {
      const { url } = await fakeFor(context, { outage: { atRequest: 150, lastsMs: 300 } });
      const summary = await play(url, scenario);
      assert.deepEqual(summary.audit.findings, []);
      assert.equal(summary.exitCode, 0);
      assert.ok(summary.retries > 0);
    });
  }

  it("in which others have been before", async (context) => {
    const { url, ledger } = await fakeFor(context);
    const first = await play(url, "storm");
    const accounts = ledger.accounts.size;
    const second = await play(url, "storm");
    assert.notEqual(first.run, second.run);
    assert.equal(ledger.accounts.size, 2 * accounts);
    assert.deepEqual(second.audit.findings, []);
  });

  for (const scenario of ["family", "payday", "storm"]) {
    it(`when the run repeats another one in "${scenario}", and moves nothing again`, async (context) => {
      const { url, ledger } = await fakeFor(context);
      const first = await play(url, scenario, "--run", "again");
      const commands = ledger.commands.size;
      // Its time is up at once, but it goes on until it has caught up with the first run.
      const second = await play(url, scenario, "--run", "again", "--duration", "1ms");
      assert.equal(ledger.commands.size, commands);
      assert.equal(second.accepted, first.accepted);
      assert.deepEqual(second.audit.findings, []);
    });
  }

  it("when only operators may know the totals", async (context) => {
    const { url } = await fakeFor(context, {
      misbehaviour: { what: "miscounts_totals", lasting: true },
    });
    const summary = await play(url, "family", "--operator", "");
    assert.equal(summary.exitCode, 0);
  });
});

type Case = {
  what: Misbehaviour;
  scenario: "family" | "payday" | "storm";
  finding: RegExp;
  opportunity?: number;
  lasting?: boolean;
};

const CASES: readonly Case[] = [
  {
    what: "loses_transfers",
    scenario: "storm",
    opportunity: 5,
    finding: /^The statement of \w{16} lacks the transfer_in of [\d.]+, transfer /,
  },
  {
    what: "loses_transfers",
    scenario: "storm",
    opportunity: 5,
    finding: /^Account \w{16} shows [\d.]+ received, but should show [\d.]+\.$/,
  },
  {
    what: "loses_transfers",
    scenario: "storm",
    finding: /^The accounts of this run have [\d.]+ available together, but their loads less fees /,
  },
  {
    what: "loses_transfers",
    scenario: "family",
    finding:
      /^After receiving 25\.50, account \w{16} shows 7\.2486 available .* should show 32\.7486 /,
  },
  {
    what: "credits_twice",
    scenario: "payday",
    opportunity: 5,
    finding:
      /^The statement of \w{16} has a transfer_in of [\d.]+ at \S+ for transfer \S+, which should not be there, or not again\.$/,
  },
  {
    what: "keeps_refunds",
    scenario: "storm",
    finding: /^The statement of \w{16} lacks the refund of [\d.]+, transfer /,
  },
  { what: "keeps_refunds", scenario: "family", finding: /^After sending 12\.00, account / },
  {
    what: "pays_the_closed",
    scenario: "storm",
    finding: /^Transfer \S+ of [\d.]+ ended as settled, but should have been receiver_closed\.$/,
  },
  {
    what: "never_settles",
    scenario: "payday",
    finding:
      /^Sending [\d.]+ from \w{16} to \w{16} is still "accepted" and "visible" after 0\.6 s\.$/,
  },
  {
    what: "never_settles",
    scenario: "payday",
    finding: /^Transfer \S+ of [\d.]+ ended as in_flight, but should have been settled\.$/,
  },
  {
    what: "charges_large_loads",
    scenario: "family",
    finding:
      /^The statement of \w{16} shows a fee of 0\.10 for load of 500\.0001 at \S+, but it should be 0\.00\.$/,
  },
  {
    what: "rounds_fees_up",
    scenario: "family",
    finding:
      /^The statement of \w{16} shows a fee of 0\.0015 for load of 7\.25 at \S+, but it should be 0\.0014\.$/,
  },
  {
    what: "doubles_silently",
    scenario: "storm",
    opportunity: 5,
    finding:
      /^The statement of \w{16} has a (transfer_out|transfer_in|load) of \S+ at .* (not again|had it before)\.$/,
  },
  {
    what: "executes_duplicates",
    scenario: "storm",
    finding:
      /^\w+ing [\d.]+ .* sent .* with (its|one) key, was (taken for a new command|new both times)\.$/,
  },
  {
    what: "executes_duplicates",
    scenario: "storm",
    finding: /sent again with its key, got another command id: \w{20}, then \w{20}\.$/,
  },
  {
    what: "opens_accounts_twice",
    scenario: "family",
    finding: /^Opening an account for \w+, sent again with its key, got another resource: /,
  },
  {
    what: "hides_hits",
    scenario: "storm",
    finding: /sent .* with (its|one) key, was (taken for a new command|new both times)\.$/,
  },
  {
    what: "overlooks_other_bodies",
    scenario: "storm",
    finding: /its key with another body should be idempotency_key_reused, but was /,
  },
  {
    what: "overdraws",
    scenario: "storm",
    finding: /^The statement of \w{16} falls below zero with transfer_out of /,
  },
  {
    what: "overdraws",
    scenario: "family",
    finding: /^Sending [\d.]+ from .* was accepted, but should have been insufficient_funds\.$/,
  },
  {
    what: "rejects_the_rich",
    scenario: "storm",
    // From now on, until no balance has been lower for longer than the clocks may differ.
    opportunity: 50,
    lasting: true,
    finding:
      /^The statement of \w{16} always had the [\d.]+ that were rejected as insufficient_funds at /,
  },
  {
    what: "rejects_the_rich",
    scenario: "payday",
    finding: /^Sending .* was insufficient_funds, but should have been accepted or too_many/,
  },
  {
    what: "shows_rejected_transfers",
    scenario: "storm",
    finding: /^Transfer \S+ was rejected, but is shown as in_flight\.$/,
  },
  {
    what: "accepts_wrong_amounts",
    scenario: "storm",
    finding:
      /^POST \S+\/loads with .* was accepted, but should have been (invalid_request|malformed_json)\.$/,
  },
  {
    what: "accepts_wrong_amounts",
    scenario: "storm",
    finding:
      /^The statement of \w{16} has a load of 1\.00 at \S+ that nobody intended, or had it before\.$/,
  },
  {
    what: "shows_balances_late",
    scenario: "family",
    finding: /^After receiving 25\.50, account \w{16} shows 7\.2486 available /,
  },
  {
    what: "swaps_statement_lines",
    scenario: "storm",
    lasting: true,
    finding: /^The statement of \w{16} is out of order: /,
  },
  {
    what: "swaps_statement_lines",
    scenario: "storm",
    lasting: true,
    finding:
      /^The statement of \w{16} shows a balance of [\d.]+ after \w+ of \S+ at \S+, but it should be /,
  },
  {
    what: "drops_statement_lines",
    scenario: "storm",
    lasting: true,
    finding: /^Account \w{16} has [\d.]+ available, but its statement sums to /,
  },
  {
    what: "drops_lines_of_periods",
    scenario: "storm",
    lasting: true,
    finding:
      /^The statement of \w{16} from \S+ to \S+ shows \d+ movements, but those \d+ of the whole/,
  },
  {
    what: "forgets_the_past",
    scenario: "storm",
    lasting: true,
    finding: /^Account \w{16} at \S+ shows [\d.]+, but should show [\d.]+\.$/,
  },
  {
    what: "forgets_the_past",
    scenario: "storm",
    finding: /^Account \w{16} at \S+ shows [\d.]+, but should show nothing yet\.$/,
  },
  {
    what: "miscounts_totals",
    scenario: "family",
    opportunity: 2,
    lasting: true,
    finding: /^The system does not conserve money: /,
  },
  {
    what: "miscounts_totals",
    scenario: "family",
    opportunity: 2,
    lasting: true,
    finding: /^The system has grown by 25 accounts, .* but this run added 25 accounts, /,
  },
];

describe("The audit finds what a service does wrong:", () => {
  for (const { what, scenario, finding, ...when } of CASES) {
    it(`${what} in "${scenario}": ${finding.source}`, async (context) => {
      const { url } = await fakeFor(context, { misbehaviour: { what, ...when } });
      const operator = what === "miscounts_totals" ? "oscar@bank.example" : "";
      const patience = ["--patience", "300ms"];
      const summary = await play(url, scenario, "--operator", operator, ...patience);
      assert.equal(summary.exitCode, 1);
      const { findings } = summary.audit;
      assert.ok(
        findings.some((text) => finding.test(text)),
        findings.join("\n"),
      );
    });
  }
});

describe("A run is broken off", () => {
  it("when the service breaks its contract, with the answer that does", async (context) => {
    const what = "leaves_out_resources";
    const { url } = await fakeFor(context, { misbehaviour: { what, opportunity: 40 } });
    const summary = await play(url, "storm");
    assert.equal(summary.exitCode, 1);
    assert.equal(summary.audit.kind, "not_run");
    assert.match(
      summary.audit.reason,
      /^the service broke its contract: POST .*: resource is not a text/,
    );
  });

  it("when the service goes away for longer than the clients have patience", async (context) => {
    const { url } = await fakeFor(context, { outage: { atRequest: 150, lastsMs: 1_500 } });
    const summary = await play(url, "storm", "--patience", "200ms");
    assert.equal(summary.exitCode, 3);
    assert.equal(summary.audit.kind, "not_run");
    assert.match(
      summary.audit.reason,
      /^the service could not be reached: .* no answer for 0\.2 s/,
    );
  });
});
