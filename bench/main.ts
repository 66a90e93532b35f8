/**
 * `npm run bench [-- --soak]`: measures the system beside its budgets and prints one table. Machines are noisy: compare
 * within one run. `--soak` adds 100 000 transfers and what memory does meanwhile.
 */
import { runApprovals } from "./approvals.ts";
import { buildApp } from "../scripts/build.ts";
import { type BenchClient, benchClient } from "./client.ts";
import { coldLoadMs } from "./cold-load.ts";
import { commandMs } from "./long-streams.ts";
import { type HopCost, measureCost, totalUnits } from "./request-units.ts";
import { median } from "./statistics.ts";
import { type MeasuredSystem, startMeasuredSystem } from "./system.ts";
import { runTransfers } from "./transfers.ts";

type Row = { readonly what: string; readonly measured: string; readonly budget: string };

const rows: Row[] = [];
const fullLoad = { clients: 32, transfers: 6_000 };
await buildApp();
rows.push({
  what: "loading the bundle (median of 9)",
  measured: `${coldLoadMs(9).toFixed(0)} ms`,
  budget: "≤ 250 ms",
});
const system = await startMeasuredSystem();
const client = benchClient(system.functionsUrl);
try {
  const accounts = await client.accounts(200, "1000.00");
  await runTransfers(client, accounts, { clients: 8, transfers: 1_000 }); // warms up

  await idleLatency();
  const underLoad = await throughput();
  const approvals = await approvalPath();
  await longStreams();
  if (process.argv.includes("--soak")) await soak();
  await withTelemetry();
  printRows();
  print("32 clients, plain transfers", underLoad);
  print("one after another, approved transfers", approvals);

  async function idleLatency(): Promise<void> {
    const transfers = 500;
    const few = accounts.slice(0, 20);
    const run = await runTransfers(client, few, { clients: 1, transfers });
    rows.push({
      what: "idle: POST → both balances visible, p50",
      measured: `${run.p50Ms.toFixed(1)} ms`,
      budget: "≤ 50 ms",
    });
    rows.push({
      what: "idle: POST → both balances visible, p99",
      measured: `${run.p99Ms.toFixed(1)} ms`,
      budget: "≤ 200 ms",
    });
    const costs = await measureCost(system.controlUrl, transfers, () =>
      runTransfers(client, few, { clients: 1, transfers }),
    );
    rows.push({
      what: "idle: request units a transfer, one alone",
      measured: `${totalUnits(costs).toFixed(1)} RU`,
      budget: "",
    });
  }

  async function throughput(): Promise<readonly HopCost[]> {
    const run = await underFullLoad(system, client, accounts);
    rows.push({
      what: "32 clients: completed transfers a second (median of 3)",
      measured: run.perSecond.toFixed(0),
      budget: "> 1 000, then > 2 200",
    });
    rows.push({
      what: "32 clients: POST → both balances visible, p50",
      measured: `${run.p50Ms.toFixed(1)} ms`,
      budget: "",
    });
    rows.push({
      what: "32 clients: CPU of the whole system a transfer",
      measured: `${run.cpuMs.toFixed(2)} ms`,
      budget: "",
    });
    const costs = await measureCost(system.controlUrl, fullLoad.transfers, () =>
      runTransfers(client, accounts, fullLoad),
    );
    rows.push({
      what: "32 clients: request units a transfer, all hops",
      measured: `${totalUnits(costs).toFixed(1)} RU`,
      budget: "≤ 60 RU",
    });
    return costs;
  }

  /** The same with every trace sent to the sink on this machine. */
  async function withTelemetry(): Promise<void> {
    await system.stop();
    const watched = await startMeasuredSystem({ telemetry: true });
    const watchedClient = benchClient(watched.functionsUrl);
    try {
      const people = await watchedClient.accounts(200, "1000.00");
      await runTransfers(watchedClient, people, { clients: 8, transfers: 1_000 }); // warms up
      const run = await underFullLoad(watched, watchedClient, people);
      rows.push({
        what: "32 clients, telemetry on: transfers a second; CPU of a transfer",
        measured: `${run.perSecond.toFixed(0)}; ${run.cpuMs.toFixed(2)} ms`,
        budget: "",
      });
    } finally {
      watchedClient.close();
      await watched.stop();
    }
  }

  async function approvalPath(): Promise<readonly HopCost[]> {
    const transfers = 200;
    const rich = await client.accounts(10, "900000.00");
    await runApprovals(client, rich, 20); // warms up
    const run = await runApprovals(client, rich, transfers);
    rows.push({
      what: "large transfer: POST → visible and waiting, p50",
      measured: `${run.requestedP50Ms.toFixed(1)} ms`,
      budget: "",
    });
    rows.push({
      what: "approval: POST → both balances visible, p50 / p99",
      measured: `${run.approvedP50Ms.toFixed(1)} / ${run.approvedP99Ms.toFixed(1)} ms`,
      budget: "",
    });
    const events = [...run.processEvents].map(([type, count]) => `${count} ${type}`);
    rows.push({
      what: "its process, events of its history",
      measured: events.join(", "),
      budget: "",
    });
    const costs = await measureCost(system.controlUrl, transfers, () =>
      runApprovals(client, rich, transfers),
    );
    rows.push({
      what: "request units of a transfer that is requested, approved and settled",
      measured: `${totalUnits(costs).toFixed(1)} RU`,
      budget: "",
    });
    return costs;
  }

  async function longStreams(): Promise<void> {
    const samples = 60;
    await commandMs(system.cosmosUrl, { events: 9, samples }); // warms up
    const shortMs = await commandMs(system.cosmosUrl, { events: 10, samples });
    const longMs = await commandMs(system.cosmosUrl, { events: 100_000, samples });
    rows.push({
      what: `command on 100 000 events / on 10 (${longMs.toFixed(2)} / ${shortMs.toFixed(2)} ms)`,
      measured: `${(longMs / shortMs).toFixed(2)} ×`,
      budget: "≤ 1.1 ×",
    });
  }

  async function soak(): Promise<void> {
    const memory = [await memoryAfter(system, 20_000)];
    for (let part = 0; part < 4; part += 1) memory.push(await memoryAfter(system, 20_000));
    rows.push({
      what: "memory after 20, 40, 60, 80, 100 thousand transfers",
      measured: `${memory.map((mib) => mib.toFixed(0)).join(", ")} MiB`,
      budget: "flat",
    });
  }

  async function memoryAfter({ memoryMiB }: MeasuredSystem, transfers: number): Promise<number> {
    await runTransfers(client, accounts, { clients: 32, transfers });
    return memoryMiB();
  }
} finally {
  client.close();
  await system.stop();
}

type LoadRun = { readonly perSecond: number; readonly cpuMs: number; readonly p50Ms: number };

/** Medians of three. */
async function underFullLoad(
  { cpuMs }: MeasuredSystem,
  driver: BenchClient,
  between: readonly string[],
): Promise<LoadRun> {
  const runs: LoadRun[] = [];
  for (let repetition = 0; repetition < 3; repetition += 1) {
    const before = cpuMs();
    const { perSecond, p50Ms, completed } = await runTransfers(driver, between, fullLoad);
    runs.push({ perSecond, p50Ms, cpuMs: (cpuMs() - before) / completed });
  }
  const medianOf = (figure: (run: LoadRun) => number): number => median(runs.map(figure));
  return {
    perSecond: medianOf((run) => run.perSecond),
    cpuMs: medianOf((run) => run.cpuMs),
    p50Ms: medianOf((run) => run.p50Ms),
  };
}

function printRows(): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  console.log(`\n| ${"what".padEnd(width)} | measured | budget |`);
  console.log(`|${"-".repeat(width + 2)}|---|---|`);
  for (const { what, measured, budget } of rows)
    console.log(`| ${what.padEnd(width)} | ${measured} | ${budget} |`);
}

function print(what: string, costs: readonly HopCost[]): void {
  console.log(`\n| hop (${what}) | requests a transfer | RU a transfer |\n|---|---|---|`);
  for (const { hop, requests, units } of costs)
    console.log(`| ${hop} | ${requests.toFixed(2)} | ${units.toFixed(2)} |`);
}
