/** Transfers from POST to both balances visible. */
import type { BenchClient } from "./client.ts";
import { percentile } from "./statistics.ts";

export type TransferRun = {
  readonly completed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/** `clients` at a time, each sending its next transfer when the one before has settled. */
export async function runTransfers(
  client: BenchClient,
  accounts: readonly string[],
  { clients, transfers }: { clients: number; transfers: number },
): Promise<TransferRun> {
  const latenciesMs: number[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    const number = next;
    next += 1;
    // Two different accounts, spread evenly: 7 and 11 are prime to the numbers of accounts in use.
    const from = accounts[(number * 7) % accounts.length] ?? "";
    const to = accounts[(number * 7 + 11) % accounts.length] ?? "";
    const startedAt = performance.now();
    const { reached } = await client.post(`/accounts/${from}/transfers`, { to, amount: "0.01" });
    if (reached !== "settled") throw new Error(`A transfer only reached ${String(reached)}.`);
    latenciesMs.push(performance.now() - startedAt);
  };
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (next < transfers) await one();
  };
  await Promise.all(Array.from({ length: clients }, worker));
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    completed: latenciesMs.length,
    perSecond: latenciesMs.length / seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}
