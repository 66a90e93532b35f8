import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { helpText, parseOptions, type RunOptions } from "../../simulator/options.ts";

const optionsOf = (...words: string[]): RunOptions => {
  const parsed = parseOptions(words);
  assert.equal(parsed.kind, "run");
  return parsed.options;
};

describe("The options of the simulator", () => {
  it("all have a value when only the scenario is named", () => {
    assert.deepEqual(optionsOf("storm"), {
      scenario: "storm",
      url: new URL("http://127.0.0.1:7071"),
      seed: "1",
      clients: 32,
      accounts: 100,
      durationMs: 10_000,
      steps: Infinity,
      rate: 0,
      operator: "oscar@bank.example",
      patienceMs: 60_000,
      approvers: ["grace", "alan", "edsger"].map((name) => ({
        email: `${name}@bank.example`,
        password: "let-me-decide",
      })),
      approvalFromE4: 1_000_0000n,
      aheadMs: 3_000,
      json: false,
    });
  });

  const understood: [words: string[], setting: Partial<RunOptions>][] = [
    [["--url", "https://saldo.example"], { url: new URL("https://saldo.example") }],
    [["--url=http://[::1]:8080/"], { url: new URL("http://[::1]:8080") }],
    [["--seed", "blue-7"], { seed: "blue-7" }],
    [["--run", "a1b2c3"], { run: "a1b2c3" }],
    [["--clients", "8"], { clients: 8 }],
    [["--accounts", "1000"], { accounts: 1000 }],
    [["--duration", "500ms"], { durationMs: 500 }],
    [["--duration", "2m"], { durationMs: 120_000 }],
    [["--steps", "7"], { steps: 7 }],
    [["--steps", "0"], { steps: Infinity }],
    [["--rate", "250"], { rate: 250 }],
    [["--operator", "olga@bank.example"], { operator: "olga@bank.example" }],
    [["--operator="], { operator: "" }],
    [["--patience", "5s"], { patienceMs: 5_000 }],
    [["--json"], { json: true }],
    [["--admin", "http://127.0.0.1:7080"], { admin: new URL("http://127.0.0.1:7080") }],
    [
      ["--approvers", "ada@x.example:one,bob@x.example:t:wo"],
      {
        approvers: [
          { email: "ada@x.example", password: "one" },
          { email: "bob@x.example", password: "t:wo" },
        ],
      },
    ],
    [["--approval-from", "250.00"], { approvalFromE4: 250_0000n }],
    [["--ahead", "500ms"], { aheadMs: 500 }],
    [
      ["--expiry-by-control", "http://127.0.0.1:7072"],
      { expiryByControl: new URL("http://127.0.0.1:7072") },
    ],
    [["--seed", "1", "--seed", "2"], { seed: "2" }],
  ];
  for (const [words, setting] of understood) {
    it(`understand ${words.join(" ")}, before and after the scenario`, () => {
      assert.deepEqual(optionsOf("storm", ...words), { ...optionsOf("storm"), ...setting });
      assert.deepEqual(optionsOf(...words, "storm"), { ...optionsOf("storm"), ...setting });
    });
  }

  it("have an admin app of their own only where people are needed", () => {
    const local = new URL("http://127.0.0.1:7080");
    assert.deepEqual(optionsOf("approvals").admin, local);
    const { origin } = optionsOf("approvals", "--admin", "http://[::1]:9").admin ?? {};
    assert.equal(origin, "http://[::1]:9");
    assert.equal(optionsOf("allowance").admin, undefined);
    const traced = parseOptions(["trace"]);
    assert.equal(traced.kind, "trace");
    assert.deepEqual(traced.settings.admin, local);
  });

  const refused: [words: string[], complaint: RegExp][] = [
    [[], /^Name a scenario: family, payday, storm, approvals, allowance, trace\.$/],
    [["drizzle"], /^There is no scenario "drizzle"/],
    [["toString"], /^There is no scenario "toString"/],
    [["storm", "family"], /^One scenario at a time/],
    [["storm", "--speed", "9"], /^There is no option "--speed"/],
    [["storm", "-x"], /^There is no option "-x"/],
    [["storm", "--clients"], /^--clients wants a value: a whole number/],
    [["storm", "--clients", "0"], /^--clients "0" is not a whole number from 1/],
    [["storm", "--clients", "1.5"], /^--clients "1\.5" is not a whole number/],
    [["storm", "--clients", "--json"], /^--clients "--json" is not a whole number/],
    [["storm", "--accounts", "-1"], /^--accounts "-1" is not a whole number/],
    [["storm", "--rate", "many"], /^--rate "many" is not a whole number from 0/],
    [["storm", "--duration", "10"], /^--duration "10" is not a time such as/],
    [["storm", "--duration", "0s"], /^--duration "0s" is not a time such as/],
    [["storm", "--patience", "soon"], /^--patience "soon" is not a time such as/],
    [["storm", "--url", "saldo"], /^--url "saldo" is not an origin/],
    [["storm", "--url", "ftp://saldo"], /^--url "ftp:\/\/saldo" is not an origin/],
    [["storm", "--url", "http://saldo/api"], /^--url "http:\/\/saldo\/api" is not an origin/],
    [["storm", "--seed", "two words"], /^--seed "two words" is not a word/],
    [["storm", "--run", "A-1"], /^--run "A-1" is not a run id/],
    [["family", "--accounts", "4"], /^The scenario "family" needs --accounts 5 or more\.$/],
    [["payday", "--accounts", "2"], /^The scenario "payday" needs --accounts 3 or more\.$/],
    [["storm", "--accounts", "5"], /^The scenario "storm" needs --accounts 6 or more\.$/],
    [["storm", "--admin", "saldo"], /^--admin "saldo" is not an origin/],
    [["storm", "--approvers", "ada@x.example"], /^--approvers "\S+" is not a list of two or more/],
    [["storm", "--approvers", "ada:one,bob:two"], /^--approvers "\S+" is not a list of two or/],
    [["storm", "--approval-from", "0.00"], /^--approval-from "0\.00" is not an amount such as/],
    [["storm", "--approval-from", "1000"], /^--approval-from "1000" is not an amount such as/],
    [["approvals", "--accounts", "7"], /^The scenario "approvals" needs --accounts 8 or more\.$/],
    [["approvals", "--run", "a1"], /^People and instants are not the same twice/],
    [["allowance", "--run", "a1"], /^People and instants are not the same twice/],
    [
      ["storm", "--run", "a1", "--admin", "http://[::1]:1"],
      /^People and instants are not the same/,
    ],
  ];
  for (const [words, complaint] of refused) {
    it(`refuse "${words.join(" ")}" in one sentence`, () => {
      const parsed = parseOptions(words);
      assert.equal(parsed.kind, "refused");
      assert.match(parsed.complaint, complaint);
      assert.doesNotMatch(parsed.complaint, /\n/);
    });
  }

  it("are all in the help, with the scenarios and the exit codes", () => {
    assert.equal(parseOptions(["storm", "--help"]).kind, "help");
    const help = helpText();
    for (const name of ["family", "payday", "storm", "Exit codes"]) assert.ok(help.includes(name));
    for (const [words] of understood) {
      const option = words[0]?.replace(/=.*/, "") ?? "";
      assert.ok(help.includes(`${option} `), option);
    }
  });
});
