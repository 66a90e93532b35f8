/** Large transfers: from a person's approval to both balances visible, and what their processes do meanwhile. */
import type { BenchClient } from "./client.ts";
import { percentile } from "./statistics.ts";

export type ApprovalRun = {
  readonly requestedP50Ms: number;
  readonly approvedP50Ms: number;
  readonly approvedP99Ms: number;
  /** Of the last one, by type of event in its process's history. */
  readonly processEvents: ReadonlyMap<string, number>;
};

/** One after another: requested, waiting, approved, settled. */
export async function runApprovals(
  client: BenchClient,
  accounts: readonly string[],
  transfers: number,
): Promise<ApprovalRun> {
  const requestedMs: number[] = [];
  const approvedMs: number[] = [];
  let last = "";
  for (let number = 0; number < transfers; number += 1) {
    const from = accounts[number % accounts.length] ?? "";
    const to = accounts[(number + 1) % accounts.length] ?? "";
    const requestedAt = performance.now();
    const { resource } = await client.post(`/accounts/${from}/transfers`, {
      to,
      amount: "1000.00",
    });
    requestedMs.push(performance.now() - requestedAt);
    last = String(resource).split("/").at(-1) ?? "";
    await client.untilLed(last);
    const approvedAt = performance.now();
    const { reached } = await client.post(`/operator/transfers/${last}/approval`, {
      approver: "grace@bank.example",
    });
    if (reached !== "settled") throw new Error(`An approval only reached ${String(reached)}.`);
    approvedMs.push(performance.now() - approvedAt);
  }
  return {
    requestedP50Ms: percentile(requestedMs, 0.5),
    approvedP50Ms: percentile(approvedMs, 0.5),
    approvedP99Ms: percentile(approvedMs, 0.99),
    processEvents: await client.processHistory(last),
  };
}
