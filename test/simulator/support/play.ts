import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { parseOptions, type RunOptions } from "../../../simulator/options.ts";
import { newRun } from "../../../simulator/run.ts";
import type { Summary } from "../../../simulator/summary.ts";
import { startFakeService, type FakeService, type FakeSettings } from "./fake-service.ts";

/** A fake service that is closed when the test has ended. */
export const fakeFor = async (
  context: TestContext,
  settings: FakeSettings = {},
): Promise<FakeService> => {
  const service = await startFakeService(settings);
  context.after(service.close);
  return service;
};

/** Plays a scenario to its end: by default small, and bounded by steps instead of by time. */
export const play = (url: string, ...words: string[]): Promise<Summary> =>
  newRun(optionsOf(url, ...words)).finish();

const optionsOf = (url: string, ...words: string[]): RunOptions => {
  const small = ["--clients", "4", "--accounts", "25", "--steps", "100", "--duration", "60m"];
  const parsed = parseOptions(["--url", url, ...small, "--patience", "10s", ...words]);
  assert.equal(parsed.kind, "run");
  return parsed.options;
};
