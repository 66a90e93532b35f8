import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { helpText, parseOptions, type Options } from "../../simulator/options.ts";

const optionsOf = (...words: string[]): Options => {
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
      run: undefined,
      clients: 32,
      accounts: 100,
      durationMs: 10_000,
      steps: Infinity,
      rate: 0,
      operatorKey: "operator-key",
      patienceMs: 60_000,
      json: false,
    });
  });

  const understood: [words: string[], setting: Partial<Options>][] = [
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
    [["--operator-key", "s3cret=="], { operatorKey: "s3cret==" }],
    [["--operator-key="], { operatorKey: "" }],
    [["--patience", "5s"], { patienceMs: 5_000 }],
    [["--json"], { json: true }],
    [["--seed", "1", "--seed", "2"], { seed: "2" }],
  ];
  for (const [words, setting] of understood) {
    it(`understand ${words.join(" ")}, before and after the scenario`, () => {
      assert.deepEqual(optionsOf("storm", ...words), { ...optionsOf("storm"), ...setting });
      assert.deepEqual(optionsOf(...words, "storm"), { ...optionsOf("storm"), ...setting });
    });
  }

  const refused: [words: string[], complaint: RegExp][] = [
    [[], /^Name a scenario: family, payday, storm\.$/],
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
    [["storm", "--accounts", "3"], /^The scenario "storm" needs --accounts 4 or more\.$/],
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
