import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Summary } from "../../simulator/summary.ts";
import { fakeFor } from "./support/play.ts";

const MAIN = fileURLToPath(new URL("../../simulator/main.ts", import.meta.url));

type Simulation = {
  interrupt: () => void;
  ended: Promise<{ exitCode: number; stdout: string; stderr: string }>;
};

const simulate = (...words: string[]): Simulation => {
  const process_ = spawn(process.execPath, [MAIN, ...words], { stdio: "pipe" });
  const output = Promise.all([
    text(process_.stdout),
    text(process_.stderr),
    once(process_, "exit"),
  ]);
  return {
    interrupt: () => process_.kill("SIGINT"),
    ended: output.then(([stdout, stderr, [exitCode]]) => ({
      stdout,
      stderr,
      exitCode: exitCode as number,
    })),
  };
};

const SMALL = ["--clients", "4", "--accounts", "10", "--steps", "20"];

describe("npm run simulate", () => {
  it("exits with 0 and a summary when everything is right", async (context) => {
    const { url } = await fakeFor(context);
    const { exitCode, stdout, stderr } = await simulate("family", "--url", url, ...SMALL).ended;
    assert.match(stdout, /^family on http:\/\/127\.0\.0\.1:\d+\n/);
    assert.match(stdout, /^audit +passed: 10 accounts, \d+ transfers and \d+ movements/m);
    assert.match(stderr, /^Run [0-9a-z]{10} of "family"/);
    assert.equal(exitCode, 0);
  });

  it("prints nothing but JSON on stdout with --json", async (context) => {
    const { url } = await fakeFor(context);
    const { exitCode, stdout } = await simulate("storm", "--json", "--url", url, ...SMALL).ended;
    const summary = JSON.parse(stdout) as Summary;
    assert.equal(exitCode, 0);
    assert.equal(summary.exitCode, 0);
    assert.equal(summary.audit.kind, "passed");
    assert.ok(summary.transfers.latencyMs.p50 > 0);
    assert.ok(summary.transfers.latencyMs.max >= summary.transfers.latencyMs.p99);
  });

  it("exits with 1 and names what is wrong", async (context) => {
    const { url } = await fakeFor(context, { misbehaviour: { what: "loses_transfers" } });
    const words = ["--url", url, "--patience", "500ms", ...SMALL];
    const { exitCode, stdout } = await simulate("storm", ...words).ended;
    assert.match(stdout, /^audit +FAILED with \d+ findings/m);
    assert.match(stdout, /^ {2}- The statement of \w{16} lacks the transfer_in/m);
    assert.equal(exitCode, 1);
  });

  it("exits with 2 and one sentence when the options are wrong", async () => {
    const { exitCode, stdout, stderr } = await simulate("storm", "--clients", "many").ended;
    assert.equal(stderr, '--clients "many" is not a whole number from 1 to 100000.\n');
    assert.equal(stdout, "");
    assert.equal(exitCode, 2);
  });

  it("exits with 2 when the service does not take the operator for one", async (context) => {
    const { url } = await fakeFor(context);
    const words = ["--url", url, "--operator", "ada@example.com", ...SMALL];
    const { exitCode, stderr } = await simulate("storm", ...words).ended;
    assert.match(
      stderr,
      /does not take ada@example\.com for an operator\. Name one with --operator\.\n$/,
    );
    assert.equal(exitCode, 2);
  });

  it("exits with 3 when there is no service", async (context) => {
    const { url, close } = await fakeFor(context);
    await close();
    const words = ["--url", url, "--patience", "200ms"];
    const { exitCode, stdout } = await simulate("storm", ...words).ended;
    assert.match(stdout, /^audit +not run: the service could not be reached: .*ECONNREFUSED/m);
    assert.equal(exitCode, 3);
  });

  it("exits with 0 after the help", async () => {
    const { exitCode, stdout } = await simulate("--help").ended;
    assert.match(stdout, /^npm run simulate -- <scenario> \[options\]\n/);
    assert.equal(exitCode, 0);
  });

  it("stops sending at Ctrl-C, and still audits what it sent", async (context) => {
    const { url, hasSeen } = await fakeFor(context);
    const simulation = simulate("storm", "--url", url, "--duration", "60m", "--accounts", "10");
    await hasSeen(500);
    simulation.interrupt();
    const { exitCode, stdout } = await simulation.ended;
    assert.match(stdout, /^audit +passed/m);
    assert.equal(exitCode, 0);
  });
});
