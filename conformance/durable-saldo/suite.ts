import { runAll, shownBy } from "../durable/compare.ts";
import { withEngines, type Engine, type Engines } from "../durable/engines.ts";
import type { Outcome, Suite } from "../suite.ts";
import type { Flow, Flows } from "./flow.ts";
import { flows } from "./flows.ts";
import { lastFlows } from "./last-flows.ts";
import { longFlows } from "./long-flows.ts";
import { openStage, type Version } from "./transfers.ts";

/** Saldo's transfer process on the Durable Task extension of .NET and on the embedded Durable Functions. */
export const durableSaldo: Suite = {
  name: "durable-saldo",
  run: (selection, report) =>
    withEngines(new URL("app", import.meta.url), (engines) =>
      compareAll(engines, selection, report),
    ),
};

const versions: readonly Version[] = ["v1", "v2"];
const atOneTime = 4;

type Case = { readonly name: string; readonly version: Version; readonly flow: Flow };

function casesOf(all: Flows, selection: string): readonly Case[] {
  return versions.flatMap((version) =>
    Object.entries(all)
      .filter(([, flow]) => flow.version === undefined || flow.version === version)
      .map(([name, flow]) => ({ name: `${version}: ${name}`, version, flow }))
      .filter(({ name }) => name.includes(selection)),
  );
}

async function compareAll(
  engines: Engines,
  selection: string,
  report: (outcome: Outcome) => void,
): Promise<void> {
  const compare = async (one: Case): Promise<void> => {
    report(await compareOne(engines, one));
  };
  await Promise.all([warmUp(engines.real), warmUp(engines.embedded)]);
  const long = casesOf(longFlows, selection);
  await Promise.all([
    runAll(long, long.length, compare),
    runAll(casesOf(flows, selection), atOneTime, compare),
  ]);
  await runAll(casesOf(lastFlows, selection), 1, compare);
}

/** Both engines have to show what the flow expects: to agree is not enough. */
async function compareOne(engines: Engines, { name, version, flow }: Case): Promise<Outcome> {
  const show = (engine: Engine): Promise<string> =>
    shownBy(engine.management, () => flow.run(openStage(engine, version)));
  const [real, embedded] = await Promise.all([show(engines.real), show(engines.embedded)]);
  const wanted = JSON.stringify(flow.expected(version));
  const faults = [
    ...(real === wanted ? [] : [`Microsoft's engine showed ${real}`]),
    ...(embedded === wanted ? [] : [`the embedded one showed ${embedded}`]),
  ];
  const reason = faults.length === 0 ? "" : `wanted ${wanted}, ${faults.join(", ")}`;
  return { name, passed: faults.length === 0, reason };
}

/** The first turn of an engine that has just started takes seconds. */
async function warmUp(engine: Engine): Promise<void> {
  const transfer = openStage(engine, "v2").transfer();
  await transfer.set(1, "ended");
  await transfer.start();
  await transfer.outcome();
}
