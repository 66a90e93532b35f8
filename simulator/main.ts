import { helpText, parseOptions, type Options } from "./options.ts";
import { showProgress } from "./progress.ts";
import { newRun, OperatorKeyRefused } from "./run.ts";
import { summaryText } from "./summary.ts";

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
      return simulate(parsed.options);
  }
};

const simulate = async (options: Options): Promise<number> => {
  const run = newRun(options);
  console.error(`Run ${run.runId} of "${options.scenario}" on ${options.url.origin}`);
  // Once: a second Ctrl-C ends the process at once, as usual.
  process.once("SIGINT", run.interrupt);
  const stopProgress = showProgress(process.stderr, run.state);
  try {
    const summary = await run.finish().finally(stopProgress);
    console.log(options.json ? JSON.stringify(summary, null, 2) : summaryText(summary));
    return summary.exitCode;
  } catch (error) {
    if (!(error instanceof OperatorKeyRefused)) throw error;
    console.error(`${error.message} Give the right one with --operator-key.`);
    return 2;
  }
};

process.exitCode = await main(process.argv.slice(2));
