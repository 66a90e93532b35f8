/** Exactly once in effect, without any order, from any number of instances. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import type { IntegrationEvent } from "../../../../src/modules/account/integration-events.ts";
import {
  countRevenue,
  type RevenueDocument,
  type RevenueSlice,
} from "../../../../src/modules/daily-revenue/count-revenue.ts";
import { revenueOf } from "../../../../src/modules/daily-revenue/revenue-of.ts";
import { memoryDocuments, type MemoryDocuments } from "../../../support/memory-documents.ts";
import { deliver, eventOf, eventTypes } from "../../../support/reactions.ts";

describe("what an event adds to its day", () => {
  for (const type of eventTypes) {
    const expected = {
      "saldo.credits.loaded.v1": { feesE4: 200, loads: 1, loadedE4: 1_000_000 },
      "saldo.transfer.settled.v1": { transfers: 1, transferredE4: 255_000 },
    }[type as string];
    test(`is ${expected === undefined ? "nothing" : "counted"} for ${type}`, () => {
      const day = { day: "2026-01-31", currency: "EUR" };
      assert.deepEqual(revenueOf(eventOf(type)), expected && { ...day, totals: expected });
    });
  }

  test("belongs to the day in UTC", () => {
    const dayOf = (time: string): string | undefined =>
      revenueOf(eventOf("saldo.credits.loaded.v1", { time }))?.day;
    assert.equal(dayOf("2026-01-31T23:59:59.999Z"), "2026-01-31");
    assert.equal(dayOf("2026-02-01T00:30:00.000+01:00"), "2026-01-31");
  });
});

/** Loads and transfers of two days in two currencies; the version makes them distinct. */
const events = fc
  .array(
    fc.record({
      isLoad: fc.boolean(),
      day: fc.constantFrom("2026-01-30", "2026-01-31"),
      currency: fc.constantFrom("EUR", "USD"),
      cents: fc.integer({ min: 1, max: 1_000_000 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) =>
    drawn.map(({ isLoad, day, currency, cents }, version): IntegrationEvent => {
      const given = { version, time: `${day}T10:00:00.000Z` };
      const amount = `${Math.floor(cents / 100)}.${`${cents % 100}`.padStart(2, "0")}`;
      return isLoad
        ? eventOf("saldo.credits.loaded.v1", { ...given, data: { amount, currency } })
        : eventOf("saldo.transfer.settled.v1", { ...given, data: { amount, currency } });
    }),
  );

type Sums = Record<string, number>;

function sumsOf(entries: readonly (readonly [key: string, totals: Partial<Sums>])[]): Sums {
  const sums: Sums = {};
  for (const [key, totals] of entries)
    for (const [name, value = 0] of Object.entries(totals))
      sums[`${key} ${name}`] = (sums[`${key} ${name}`] ?? 0) + value;
  return Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0));
}

const expectedOf = (given: readonly IntegrationEvent[]): Sums =>
  sumsOf(
    given.map((event) => {
      const { day, currency, totals } = revenueOf(event) ?? assert.fail();
      return [`${day} ${currency}`, totals];
    }),
  );

async function countedIn(documents: MemoryDocuments<RevenueDocument>): Promise<Sums> {
  const all = await documents.query<RevenueDocument>({ text: "all" });
  const slices = all.filter((document): document is RevenueSlice => "day" in document);
  return sumsOf(
    slices.map(({ day, currency, feesE4, loads, loadedE4, transfers, transferredE4 }) => [
      `${day} ${currency}`,
      { feesE4, loads, loadedE4, transfers, transferredE4 },
    ]),
  );
}

describe("the daily revenue", () => {
  test("counts each event once, whatever comes twice, late or from two instances", async () => {
    const losses = fc.infiniteStream(fc.nat(4).map((drawn) => drawn === 0));
    const deliveries = events.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray([...given, ...given, ...given])),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        deliveries,
        losses,
        async (scheduler, [given, repeated], lost) => {
          let isQuiet = false;
          const documents = memoryDocuments<RevenueDocument>({
            before: () => (isQuiet ? Promise.resolve() : scheduler.schedule(Promise.resolve())),
          });
          const instance = () =>
            countRevenue({
              ...documents,
              async transact(partition, writes) {
                const isDone = await documents.transact(partition, writes);
                if (lost.next().value) throw new PlatformFault("the reply was lost");
                return isDone;
              },
            });
          const instances = [instance(), instance()];
          const delivering = [...repeated, ...given].map((event, index) =>
            deliver(instances[index % 2] ?? assert.fail(), event),
          );
          await scheduler.waitFor(Promise.all(delivering));
          isQuiet = true;
          assert.deepEqual(await countedIn(documents), expectedOf(given));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("leaves alone what is no revenue", async () => {
    const documents = memoryDocuments<RevenueDocument>();
    const count = countRevenue(documents);
    for (const type of eventTypes)
      if (revenueOf(eventOf(type)) === undefined) await count(eventOf(type));
    assert.deepEqual(await documents.query({ text: "all" }), []);
  });
});
