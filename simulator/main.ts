import { SignInRefused } from "./approvers/admin-api.ts";
import { ContractBreach } from "./client/json.ts";
import { ServiceUnreachable } from "./client/retry.ts";
import type { Settings } from "./flags.ts";
import { helpText, parseOptions, type RunOptions } from "./options.ts";
import { showProgress } from "./progress.ts";
import { newRun, OperatorRefused } from "./run.ts";
import { summaryText } from "./summary.ts";
import { traceText } from "./trace/table.ts";
import { trace } from "./trace/trace.ts";

/** The console application: docs/simulator.md says what it does. */
const main = async (words: readonly string[]): Promise<number> => {
  const parsed = parseOptions(words);
  switch (parsed.kind) {
    case "help":
      console.log(helpText());
      return 0;
    case "refused":
      console.error(parsed.complaint);
      return 2;
    case "run":
      return orRefused(() => simulate(parsed.options));
    case "trace":
      return orRefused(() => showTrace(parsed.settings));
  }
};

const simulate = async (options: RunOptions): Promise<number> => {
  const run = newRun(options);
  console.error(`Run ${run.runId} of "${options.scenario}" on ${options.url.origin}`);
  // Once: a second Ctrl-C ends the process at once, as usual.
  process.once("SIGINT", run.interrupt);
  const stopProgress = showProgress(process.stderr, run.state);
  const summary = await run.finish().finally(stopProgress);
  console.log(options.json ? JSON.stringify(summary, null, 2) : summaryText(summary));
  return summary.exitCode;
};

const showTrace = async (settings: Settings): Promise<number> => {
  const traced = await trace(settings);
  const isColoured = process.stdout.isTTY && !process.env["NO_COLOR"];
  console.log(settings.json ? JSON.stringify(traced, null, 2) : traceText(traced, isColoured));
  return traced.exitCode;
};

/** Who is not let in has been started with the wrong options. */
const orRefused = async (work: () => Promise<number>): Promise<number> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OperatorRefused) {
      console.error(`${error.message} Name one with --operator.`);
      return 2;
    }
    if (error instanceof SignInRefused) {
      console.error(`${error.message} Give the right ones with --approvers.`);
      return 2;
    }
    // Only a trace gets here with these: a run tells them in its summary.
    if (error instanceof ContractBreach || error instanceof ServiceUnreachable) {
      console.error(`${error.name}: ${error.message}`);
      return error instanceof ContractBreach ? 1 : 3;
    }
    throw error;
  }
};

process.exitCode = await main(process.argv.slice(2));
