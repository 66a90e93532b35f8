import type { Outcome, Suite } from "../suite.ts";
import { runAll, shownBy } from "./compare.ts";
import { withEngines, type Engines } from "./engines.ts";
import { lastScenarios, scenarios, type Scenario } from "./scenarios.ts";

/** The Durable Task extension of .NET, on Azurite, and the embedded Durable Functions run one app. */
export const durable: Suite = {
  name: "durable",
  knownDifferences: new URL("known-differences.txt", import.meta.url),
  run: (selection, report) =>
    withEngines(new URL("app", import.meta.url), (engines) =>
      compareAll(engines, selection, report),
    ),
};

const atOneTime = 6;

async function compareAll(
  { real, embedded }: Engines,
  selection: string,
  report: (outcome: Outcome) => void,
): Promise<void> {
  const compare = async ([name, scenario]: readonly [string, Scenario]): Promise<void> => {
    const [wanted = "", got = ""] = await Promise.all(
      [real, embedded].map(({ management }) => shownBy(management, () => scenario(management))),
    );
    const passed = wanted === got;
    report({ name, passed, reason: passed ? "" : `wanted ${wanted}, got ${got}` });
  };
  const selected = (all: Readonly<Record<string, Scenario>>): (readonly [string, Scenario])[] =>
    Object.entries(all).filter(([name]) => name.includes(selection));
  await runAll(selected(scenarios), atOneTime, compare);
  await runAll(selected(lastScenarios), 1, compare);
}
