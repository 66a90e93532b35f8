import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Summary } from "../../simulator/summary.ts";
import type { Misbehaviour } from "./support/fake-records.ts";
import type { FakeSettings } from "./support/fake-service.ts";
import { fakeFor, play } from "./support/play.ts";

type Played = "approvals" | "allowance" | "storm" | "family";

/** Small, with people, and so that nothing is waited for long. */
const WORDS: Readonly<Record<Played, string[]>> = {
  approvals: ["approvals", "--accounts", "12", "--steps", "25"],
  allowance: ["allowance", "--accounts", "16", "--steps", "15", "--ahead", "400ms"],
  storm: ["storm", "--accounts", "12", "--steps", "60", "--ahead", "400ms"],
  family: ["family", "--accounts", "10", "--steps", "20"],
};

const playWithPeople = async (
  context: TestContext,
  played: Played,
  settings: FakeSettings = {},
  ...words: string[]
): Promise<Summary> => {
  const { url, admin } = await fakeFor(context, { realTime: true, ...settings });
  return play(url, ...WORDS[played], "--admin", admin, ...words);
};

describe("The audit finds nothing wrong where people decide", { concurrency: true }, () => {
  for (const played of ["approvals", "allowance", "storm", "family"] as const) {
    it(`in "${played}"`, async (context) => {
      const summary = await playWithPeople(context, played);
      assert.deepEqual(summary.audit.findings, []);
      assert.equal(summary.exitCode, 0);
    });

    it(`in "${played}", where sessions are forgotten and requests fail`, async (context) => {
      const settings = { faults: true, forgetsSessionsEvery: 11 };
      const summary = await playWithPeople(context, played, settings, "--seed", "2");
      assert.deepEqual(summary.audit.findings, []);
      assert.equal(summary.audit.kind, "passed");
    });
  }

  it("when what nobody decides expires", async (context) => {
    const { url, admin, ledger } = await fakeFor(context, { realTime: true });
    const control = ["--expiry-by-control", url, "--admin", admin];
    const summary = await play(url, ...WORDS.approvals, ...control);
    assert.deepEqual(summary.audit.findings, []);
    const statuses = [...ledger.transfers.values()].map(({ status }) => status);
    assert.ok(statuses.includes("expired"));
  });

  it("when large transfers are sent where nobody can approve them", async (context) => {
    const { url, ledger } = await fakeFor(context, { realTime: true });
    const summary = await play(url, "storm", "--steps", "200");
    assert.deepEqual(summary.audit.findings, []);
    const large = [...ledger.transfers.values()].filter(({ expiresAt }) => expiresAt !== undefined);
    assert.ok(large.length > 0);
    assert.ok(large.every(({ status }) => status === "cancelled"));
  });

  it("when pocket money is scheduled where nobody can approve it", async (context) => {
    const { url, ledger } = await fakeFor(context, { realTime: true });
    const summary = await play(url, ...WORDS.allowance, "--steps", "60");
    assert.deepEqual(summary.audit.findings, []);
    const statuses = new Set([...ledger.transfers.values()].map(({ status }) => status));
    assert.deepEqual([...statuses].sort(), ["failed", "refunded", "settled", "withdrawn"]);
  });
});

describe("A scenario with people", () => {
  it("comes to every ending a large transfer can have", async (context) => {
    const { url, admin, ledger } = await fakeFor(context, { realTime: true });
    const words = ["--admin", admin, "--expiry-by-control", url, "--steps", "60"];
    const summary = await play(url, ...WORDS.approvals, ...words);
    assert.deepEqual(summary.audit.findings, []);
    const large = [...ledger.transfers.values()].filter(({ expiresAt }) => expiresAt !== undefined);
    const endings = new Set(large.map(({ status }) => status));
    assert.deepEqual([...endings].sort(), [
      "cancelled",
      "denied",
      "expired",
      "refunded",
      "settled",
    ]);
  });

  it("is refused to approvers with a wrong password", async (context) => {
    const { url, admin } = await fakeFor(context, { realTime: true });
    const approvers = "grace@bank.example:wrong,alan@bank.example:wrong";
    await assert.rejects(
      play(url, ...WORDS.approvals, "--admin", admin, "--approvers", approvers),
      /^SignInRefused: The admin app refuses the password of \S+@bank\.example\.$/,
    );
  });
});

type Case = {
  what: Misbehaviour;
  played: Played;
  finding: RegExp;
  opportunity?: number;
  lasting?: boolean;
};

const CASES: readonly Case[] = [
  {
    what: "pays_approved_twice",
    played: "approvals",
    finding: /^The statement of \w{16} has a transfer_in of [\d.]+ .* should not be there, or not/,
  },
  {
    what: "pays_approved_twice",
    played: "family",
    finding: /^After receiving 1000\.00, account \w{16} shows [\d.]+ available .* should show /,
  },
  {
    what: "keeps_denied_money",
    played: "approvals",
    finding: /^The statement of \w{16} lacks the refund of [\d.]+, transfer /,
  },
  {
    what: "lets_two_win",
    played: "approvals",
    lasting: true,
    finding: /: \S+ \((approved|denied)\) and \S+ \((approved|denied)\) were each told that /,
  },
  {
    what: "lets_two_win",
    played: "approvals",
    lasting: true,
    finding: /: approver:\S+ was told that it is (approved|denied), but its history shows \w+ by /,
  },
  {
    what: "ignores_cancellations",
    played: "approvals",
    lasting: true,
    finding: /: account:\w{16} was told that it is cancelled, but its history shows /,
  },
  {
    what: "ignores_cancellations",
    played: "allowance",
    lasting: true,
    finding: /, which is settled: account:\w{16} was told that it is cancelled, but its history /,
  },
  {
    what: "names_wrong_winner",
    played: "approvals",
    lasting: true,
    finding: /: approver:\S+ was told that nobody@x\.y was faster, but it was \S+@bank\.example\.$/,
  },
  {
    what: "lets_parties_approve",
    played: "approvals",
    finding: /^The \w+ of \S+ by \S+ was answered \w+, but should have been own_transfer: /,
  },
  {
    what: "loses_reasons",
    played: "approvals",
    finding: /: approver:\S+ gave the reason ".*", but it shows "no reason"\.$/,
  },
  {
    what: "hides_from_approvers",
    played: "approvals",
    finding: /^Transfer \S+ was not shown to \S+ in [\d.]+ s, and so could not be decided\.$/,
  },
  {
    what: "hides_from_approvers",
    played: "approvals",
    finding: /^Transfer \S+ of [\d.]+ ended as awaiting_approval, but should have been /,
  },
  {
    what: "skips_approval",
    played: "approvals",
    finding:
      /is settled, but its history shows "requested, settled" where it should show "approval/,
  },
  {
    what: "keeps_waiting_list",
    played: "approvals",
    lasting: true,
    finding: /^Transfer \S+ is still among those that wait for approval\.$/,
  },
  {
    what: "keeps_processes",
    played: "approvals",
    finding: /^Transfer \S+ is still led by a process \(settled, Running\)\.$/,
  },
  {
    what: "starts_too_early",
    played: "allowance",
    lasting: true,
    finding: /^Transfer \S+ of [\d.]+ was started at \S+, before its instant, \S+\.$/,
  },
  {
    what: "starts_twice",
    played: "allowance",
    finding: /its history shows "scheduled, started, started, settled" where it should show /,
  },
  {
    what: "starts_twice",
    played: "allowance",
    finding: /^The statement of \w{16} has a transfer_out of \S+ .* should not be there, or not/,
  },
  {
    what: "forgets_to_start",
    played: "allowance",
    finding: /^Transfer \S+ of [\d.]+ ended as scheduled, but should have been /,
  },
  {
    what: "pays_withdrawn",
    played: "allowance",
    lasting: true,
    finding: /, which is settled: account:\w{16} was told that it is cancelled\.$/,
  },
  {
    what: "overdraws_later",
    played: "allowance",
    finding: /^Transfer \S+ of [\d.]+ ended as settled, but should have been insufficient_funds\.$/,
  },
  {
    what: "overdraws_later",
    played: "allowance",
    finding: /^The statement of \w{16} falls below zero with transfer_out of /,
  },
  {
    what: "loses_notifications",
    played: "approvals",
    opportunity: 10,
    finding: /^The owner of \w{16} was not told \w+ of \S+\.$/,
  },
  {
    what: "notifies_twice",
    played: "allowance",
    opportunity: 5,
    finding: /^The owner of \w{16} was told \w+ of \S+, which is not so, or once more\.$/,
  },
  {
    what: "notifies_twice",
    played: "storm",
    lasting: true,
    finding: /^The owner of \w{16} was told of \d+ rejected requests, but there were \d+\.$/,
  },
];

describe("The audit finds what goes wrong where people decide:", { concurrency: 4 }, () => {
  it("expires_too_early", async (context) => {
    const misbehaviour = { what: "expires_too_early" } as const;
    const { url, admin } = await fakeFor(context, { realTime: true, misbehaviour });
    const control = ["--expiry-by-control", url, "--admin", admin];
    const { exitCode, audit } = await play(url, ...WORDS.approvals, ...control);
    assert.equal(exitCode, 1);
    const finding = /^Transfer \S+ of [\d.]+ was expired at \S+, before its time was up, \S+\.$/;
    assert.ok(
      audit.findings.some((text) => finding.test(text)),
      audit.findings.join("\n"),
    );
  });

  for (const { what, played, finding, ...when } of CASES) {
    it(`${what} in "${played}": ${finding.source}`, async (context) => {
      const settings = { misbehaviour: { what, ...when } };
      const words = ["--steps", "40", "--patience", "750ms"];
      const summary = await playWithPeople(context, played, settings, ...words);
      assert.equal(summary.exitCode, 1);
      const { findings } = summary.audit;
      assert.ok(
        findings.some((text) => finding.test(text)),
        findings.join("\n"),
      );
    });
  }
});
