/** Who is first decides: approver, sender and time race for transfers that wait. Time passes by the control door. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { assertConserved, grace, refusalOf, transfersOf } from "../support/transfers.ts";

const { client, control, functionsUrl } = await startLocalSystem();
const transfers = transfersOf(client);
const instances = durableInstancesAt(functionsUrl);

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** So many transfers that wait, each of 1 000.00, from a few senders to as many receivers. */
async function waiting(count: number): Promise<readonly string[]> {
  const pairs = await Promise.all(
    Array.from({ length: 4 }, () =>
      Promise.all([client.accountWith("10000.00"), client.accountWith("0")]),
    ),
  );
  const requests = Array.from({ length: count }, (_, index) => {
    const [from, to] = pairs[index % pairs.length] ?? ["", ""];
    return transfers.request(from, to, "1000.00");
  });
  return Promise.all(requests);
}

const ways = {
  approved: (id: string) => transfers.approve(id),
  denied: (id: string) => transfers.deny(id, { approver: grace, reason: "too late" }),
  cancelled: (id: string) => transfers.cancel(id),
};

/** All decide, one of them with a small head start; answers what happened, once the transfer has ended. */
async function race(id: string, favourite: string): Promise<string> {
  const ends = await Promise.all(
    Object.entries(ways).map(async ([way, decide]) => {
      if (way !== favourite) await transfers.show(id);
      return [way, refusalOf(await decide(id))] as const;
    }),
  );
  const won = ends.filter(([, refusal]) => refusal === undefined).map(([way]) => way);
  const lost = ends.filter(([, refusal]) => refusal !== undefined);
  for (const [way, refusal] of lost) assert.equal(refusal, "transfer_not_pending", way);
  const winner = won[0] ?? "expired";
  const { history } = await transfers.until(id, winner === "approved" ? "settled" : winner);
  const decisions = history.filter(({ what }) => what === "expired" || what in ways);
  assert.deepEqual(
    decisions.map(({ what }) => what),
    won.length === 0 ? ["expired"] : won,
    "one wins, and knows it",
  );
  return winner;
}

test("of those who decide about one transfer at once, and the time, exactly one wins", async (t) => {
  const ids = await waiting(20);
  await transfers.untilAllLed();
  await control.advanceClock(dayMs - 2 * minuteMs);
  const favourites = [...Object.keys(ways), "time"];
  const racing = ids.map((id, index) => race(id, favourites[index % favourites.length] ?? ""));
  await transfers.show(ids[0] ?? "");
  await control.advanceClock(2 * minuteMs);
  const winners = await Promise.all(racing);
  const counts = Object.entries(Object.groupBy(winners, (winner) => winner));
  t.diagnostic(counts.map(([way, { length } = []]) => `${way} ${length}`).join(", "));
  await instances.untilNoneRuns();
  await assertConserved(client);
});
