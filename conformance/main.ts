/**
 * `npm run conformance [-- SUITE [SELECTION]]`: compares the embedded Azure with Microsoft's own
 * engines. Fails on every difference that the suite's list does not name, and on a name that the
 * list has for nothing. See conformance/README.md.
 */
import { cosmosDotnet, cosmosPlans } from "./cosmos-dotnet/suite.ts";
import { hasDotnet } from "./dotnet.ts";
import { durable } from "./durable/suite.ts";
import { durableSaldo } from "./durable-saldo/suite.ts";
import { readKnownDifferences, type Verdict } from "./known-differences.ts";
import { newtonsoft } from "./newtonsoft/suite.ts";
import type { Suite } from "./suite.ts";

const suites: readonly Suite[] = [cosmosDotnet, cosmosPlans, durable, durableSaldo, newtonsoft];

const marks: Readonly<Record<Verdict, string>> = {
  passed: "passed ",
  known: "known  ",
  failed: "FAILED ",
  mended: "MENDED ",
};

async function main([wanted, selection = ""]: readonly string[]): Promise<number> {
  const selected = suites.filter(({ name }) => wanted === undefined || name === wanted);
  if (selected.length === 0) {
    const names = suites.map(({ name }) => name).join(", ");
    console.error(`There is no suite ${wanted ?? ""}. There are: ${names}.`);
    return 2;
  }
  if (!hasDotnet()) {
    console.log("The conformance suites did not run: they need the .NET SDK 10 as `dotnet`.");
    return 0;
  }
  let isConform = true;
  for (const suite of selected) isConform = (await runSuite(suite, selection)) && isConform;
  return isConform ? 0 : 1;
}

/** Whether exactly those comparisons failed that the list of the suite names. */
async function runSuite(suite: Suite, selection: string): Promise<boolean> {
  const judge = readKnownDifferences(suite.knownDifferences);
  const counts: Record<Verdict, number> = { passed: 0, known: 0, failed: 0, mended: 0 };
  await suite.run(selection, (outcome) => {
    const verdict = judge.verdict(outcome);
    counts[verdict] += 1;
    const reason = outcome.reason === "" ? "" : `: ${outcome.reason}`;
    console.log(`${marks[verdict]} ${outcome.name}${reason}`);
  });
  const { passed, known, failed, mended } = counts;
  console.log(`${suite.name}: ${passed + mended} ok, ${known} known differences, ${failed} failed`);
  if (mended > 0)
    console.log(`${mended} of them are no differences any more: take them off the list.`);
  const unseen = selection === "" ? judge.unseen() : [];
  for (const name of unseen) console.log(`The list names a comparison that is not made: ${name}`);
  if (passed + known + failed + mended === 0) console.log(`Nothing is selected by "${selection}".`);
  return failed + mended + unseen.length === 0 && passed + known > 0;
}

process.exitCode = await main(process.argv.slice(2));
