import { fileURLToPath } from "node:url";
import { buildProgram, runProgram } from "../dotnet.ts";
import type { Outcome, Suite } from "../suite.ts";
import { openEmulatedAccount } from "./project.ts";
import { openSideServer } from "./side-server.ts";

/** The well-known key of Cosmos emulators. */
const key =
  "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/** The .NET SDK, its LINQ provider and its change feed processor on the emulated account. */
export const cosmosDotnet: Suite = {
  name: "cosmos-dotnet",
  knownDifferences: new URL("known-differences.txt", import.meta.url),
  run: (selection, report) => runChecks(["checks", selection], report),
};

/** The SDK's own query engine, a native library for Linux on x64, beside the emulated one. */
export const cosmosPlans: Suite = {
  name: "cosmos-plans",
  knownDifferences: new URL("known-plan-differences.txt", import.meta.url),
  run: (selection, report) => {
    const queries = fileURLToPath(new URL("queries.txt", import.meta.url));
    return runChecks(["plans", selection, queries], report);
  },
};

async function runChecks(
  words: readonly string[],
  report: (outcome: Outcome) => void,
): Promise<void> {
  const program = buildProgram(new URL("checks", import.meta.url), "checks");
  const account = await openEmulatedAccount(key);
  const { faults, advance } = account;
  const sideServer = await openSideServer({
    outcome: (body) => {
      report(JSON.parse(body) as Outcome);
    },
    fault: (body) => faults.set(JSON.parse(body) as Parameters<typeof faults.set>[0]),
    clear: () => {
      faults.clear();
    },
    advance: (body) => {
      advance(Number(body));
    },
  });
  try {
    await runProgram(program, words, {
      COSMOS_ENDPOINT: account.endpoint,
      COSMOS_KEY: key,
      SIDE_SERVER: sideServer.url,
      // The SDK would ask the metadata service of Azure's machines where it is.
      COSMOS_DISABLE_IMDS_ACCESS: "true",
      AZURE_COSMOS_USE_QUERY_PLAN_INTEROP_LINUX: String(words[0] === "plans"),
    });
  } finally {
    await sideServer.close();
    await account.close();
  }
}
