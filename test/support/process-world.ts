/** Transfers that end in every way there is, and the checks that each has ended once and left nothing behind. */
import assert from "node:assert/strict";
import type { Client, Json } from "./client.ts";
import type { Control } from "./control.ts";
import type { DurableInstances } from "./durable-instances.ts";
import { eventually } from "./eventually.ts";
import { assertConserved, grace, refusalOf, type Transfers } from "./transfers.ts";

/** A transfer under way, and how it has to end. */
export type Led = { readonly id: string; readonly end: string };

type Parts = {
  readonly client: Client;
  readonly transfers: Transfers;
  readonly control: Control;
  readonly controlUrl: string;
  readonly instances: DurableInstances;
};

/** What becomes of a transfer once it waits, in turn. */
const ends = ["settled", "denied", "cancelled", "expired"] as const;

/** Decides about a transfer without waiting for its process; answers its end. Who comes too late finds it expired. */
async function decide(
  { client }: Parts,
  transferId: string,
  end: (typeof ends)[number],
): Promise<string> {
  if (end === "expired") return end;
  const [from = ""] = transferId.split("-");
  const [path, body] = {
    settled: [`/operator/transfers/${transferId}/approval`, { approver: grace }],
    denied: [`/operator/transfers/${transferId}/denial`, { approver: grace, reason: "unknown" }],
    cancelled: [`/accounts/${from}/transfers/${transferId}/cancellation`, {}],
  }[end] as [string, Json];
  const refusal = refusalOf(await client.post(path, body, { until: "visible" }));
  if (refusal === undefined) return end;
  assert.equal(refusal, "transfer_not_pending");
  return "expired";
}

/** Asks for so many large transfers at once and decides them in turn in every way; then for two that are scheduled. */
export async function leadAll(parts: Parts, count: number): Promise<readonly Led[]> {
  const { client, transfers } = parts;
  const pair = (): Promise<[string, string]> =>
    Promise.all([client.accountWith("100000.00"), client.accountWith("0")]);
  const pairs = await Promise.all([pair(), pair(), pair()]);
  const large = Array.from({ length: count }, async (_, index) => {
    const [from, to] = pairs[index % pairs.length] ?? ["", ""];
    const id = await transfers.request(from, to, "1000.00");
    return { id, end: await decide(parts, id, ends[index % ends.length] ?? "expired") };
  });
  const [from, to] = pairs[0];
  const scheduledFor = new Date((await emulatedNowMs(parts)) + 5_000).toISOString();
  const scheduled = ["1.00", "200000.00"].map(async (amount) => ({
    id: await transfers.request(from, to, amount, { scheduledFor }),
    end: amount === "1.00" ? "settled" : "failed",
  }));
  return Promise.all([...large, ...scheduled]);
}

async function emulatedNowMs({ controlUrl }: Parts): Promise<number> {
  const response = await fetch(`${controlUrl}/clock`);
  return Date.parse(((await response.json()) as { now: string }).now);
}

/** Lets the emulated time run until every transfer and every process has ended. */
export async function untilAllOver({ transfers, control, instances }: Parts): Promise<void> {
  await eventually("all transfers and their processes have ended", async () => {
    await control.advanceClock(500);
    if ((await transfers.processes()).length > 0) return false;
    return (await instances.list("Running", "Pending", "Suspended")).length === 0;
  });
}

const endings = ["withdrawn", "failed", "denied", "cancelled", "expired", "settled", "refunded"];

/** Each has ended as it had to and in no other way, no process is left or broken, and no money is. */
export async function assertAllOver(parts: Parts, led: readonly Led[]): Promise<void> {
  const { client, transfers, instances } = parts;
  for (const { id, end } of led) {
    const { status, history } = await transfers.show(id);
    assert.equal(status, end, id);
    const ended = history.filter(({ what }) => endings.includes(what));
    assert.deepEqual(
      ended.map(({ what }) => what),
      [end],
      `${id} has ended once`,
    );
  }
  await instances.untilNoneRuns();
  assert.deepEqual(await transfers.approvals(), []);
  await assertConserved(client);
}
