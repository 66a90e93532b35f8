/** The secondary handlers and their queries on the embedded Cosmos, over the real protocol. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, describe, test } from "node:test";
import { startLocalServices } from "../../../../scripts/local-azure.ts";
import { systemClock } from "../../../../src/platform/clock.ts";
import { documentsIn } from "../../../../src/platform/cosmos/container.ts";
import { DocumentRefused } from "../../../../src/platform/cosmos/failures.ts";
import { withProblems } from "../../../../src/platform/http/problem.ts";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import { showRevenue } from "../../../../src/modules/daily-revenue/show-revenue.ts";
import {
  countRevenue,
  type RevenueDocument,
} from "../../../../src/modules/daily-revenue/count-revenue.ts";
import { notifyOwners } from "../../../../src/modules/notifications/notify-owners.ts";
import {
  type NotificationDocuments,
  notificationOutbox,
} from "../../../../src/modules/notifications/outbox.ts";
import { controlOf } from "../../../support/control.ts";
import { anyPorts, temporaryDirectory } from "../../../support/local-system.ts";
import {
  bob,
  deliver,
  eventOf,
  noOriginals,
  provisionContainer,
  requestOf,
} from "../../../support/reactions.ts";

const options = { directory: temporaryDirectory(), ...anyPorts };
const cosmos = await startLocalServices({ ...options, partitionCount: 2 });
const control = controlOf(cosmos.controlUrl);
const provisioned = await Promise.all([
  provisionContainer(cosmos.cosmosUrl, {
    id: "notifications",
    partitionKey: "/accountId",
    indexed: ["/number/?"],
    defaultTtl: -1,
  }),
  provisionContainer(cosmos.cosmosUrl, {
    id: "daily-revenue",
    partitionKey: "/slice",
    indexed: ["/day/?"],
    defaultTtl: -1,
  }),
]);
const [notifications, revenue] = provisioned.map(({ container }) => container);
assert.ok(notifications !== undefined && revenue !== undefined);
const notificationDocuments: NotificationDocuments = documentsIn(() =>
  Promise.resolve(notifications),
);
const revenueDocuments = documentsIn<RevenueDocument>(() => Promise.resolve(revenue));

afterEach(() => control.clear());
after(async () => {
  for (const { dispose } of provisioned) dispose();
  await cosmos.close();
});

const log = { error: () => undefined };

describe("a transaction that increments", () => {
  type Tally = { id: string; slice: string; loads: number; fees?: number };
  const tallies = documentsIn<Tally>(() => Promise.resolve(revenue));
  const begun = async (): Promise<Tally> => {
    const tally = { id: randomUUID(), slice: randomUUID(), loads: 3 };
    await tallies.create(tally.slice, tally);
    return tally;
  };
  const read = async ({ slice, id }: Tally): Promise<Tally> => {
    const {
      slice: s,
      id: i,
      loads,
      fees,
    } = (await tallies.read(slice, id))?.document ?? assert.fail();
    return { slice: s, id: i, loads, ...(fees !== undefined && { fees }) };
  };

  test("adds to what is there, and begins what is not", async () => {
    const tally = await begun();
    const by = { loads: 2, fees: 7 };
    assert.ok(await tallies.transact(tally.slice, [{ kind: "increment", id: tally.id, by }]));
    assert.deepEqual(await read(tally), { ...tally, loads: 5, fees: 7 });
  });

  test("adds only if the values are still those it was told", async () => {
    const tally = await begun();
    const add = (loads: number) =>
      ({ kind: "increment", id: tally.id, by: { loads: 1 }, from: { loads } }) as const;
    assert.equal(await tallies.transact(tally.slice, [add(2)]), false);
    assert.equal(await tallies.transact(tally.slice, [add(3)]), true);
    assert.equal(await tallies.transact(tally.slice, [add(3)]), false);
    assert.deepEqual(await read(tally), { ...tally, loads: 4 });
  });

  test("does nothing at all if another of its writes cannot be done", async () => {
    const tally = await begun();
    const increment = { kind: "increment", id: tally.id, by: { loads: 1 } } as const;
    const taken = { kind: "create", document: tally } as const;
    assert.equal(await tallies.transact(tally.slice, [increment, taken]), false);
    const fresh = { ...tally, id: randomUUID() };
    const missing = { ...increment, id: randomUUID() };
    const create = { kind: "create", document: fresh } as const;
    assert.equal(await tallies.transact(tally.slice, [create, missing]), false);
    assert.equal(await tallies.read(tally.slice, fresh.id), undefined);
    assert.deepEqual(await read(tally), tally);
  });

  test("is refused for good, or the platform's fault, like any other", async () => {
    const tally = await begun();
    const increment = { kind: "increment", id: tally.id, by: { loads: 1 } } as const;
    for (const [status, kind] of [
      [400, DocumentRefused],
      [449, PlatformFault],
      [503, PlatformFault],
    ] as const) {
      const match = { operation: "patch", documentId: tally.id } as const;
      await control.fault({ match, effect: { kind: "status", status } });
      await assert.rejects(tallies.transact(tally.slice, [increment]), kind);
      await control.clear();
    }
    assert.deepEqual(await read(tally), tally);
  });
});

describe("notifications on Cosmos", () => {
  test("are numbered without a gap, though two instances write and replies are lost", async () => {
    const instances = [0, 1].map(() => notificationOutbox(notificationDocuments, systemClock));
    const [first = assert.fail()] = instances;
    const fault = await control.fault({
      match: { container: "notifications", operation: "patch" },
      effect: { kind: "drop_reply" },
      probability: 0.2,
      seed: 7,
      times: 12,
    });
    // Twelve at a time; what comes twice comes from both instances.
    const deliveries = Array.from({ length: 12 }, async (_, lane) => {
      for (let round = 0; round < 10; round += 1) {
        const instance = instances[(lane + (round < 5 ? 0 : 1)) % 2] ?? assert.fail();
        const event = eventOf("saldo.transfer.received.v1", { version: lane * 5 + (round % 5) });
        await deliver(notifyOwners(instance, noOriginals), event);
      }
    });
    const seen: number[] = [];
    const written = { isOver: false };
    const writing = Promise.all(deliveries).then(() => (written.isOver = true));
    for (;;) {
      const { isOver } = written;
      const page = await first.after(bob, seen.at(-1) ?? 0, 7);
      seen.push(...page.map(({ number }) => number));
      if (isOver && page.length === 0) break;
    }
    await writing;
    assert.ok((await control.hits(fault)) > 0);
    assert.deepEqual(
      seen,
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
    assert.equal(await first.lastNumber(bob), 60);
    const stored = await first.after(bob, 0, 200);
    assert.equal(new Set(stored.map(({ id }) => id)).size, 60);
  });

  test("expire after 90 days, and the numbers go on", async () => {
    const outbox = notificationOutbox(notificationDocuments, systemClock);
    await control.advanceClock(91 * 24 * 60 * 60 * 1_000);
    assert.deepEqual(await outbox.after(bob, 0, 200), []);
    const event = eventOf("saldo.transfer.received.v1", { version: 1_000 });
    await deliver(notifyOwners(outbox, noOriginals), event);
    assert.deepEqual(
      (await outbox.after(bob, 60, 200)).map(({ number }) => number),
      [61],
    );
  });
});

describe("the daily revenue on Cosmos", () => {
  const revenueFrom = async (query: string): Promise<{ status: number; body: unknown }> => {
    const handler = withProblems(showRevenue(revenueDocuments));
    const { status, body } = await handler(requestOf({ query }), log);
    return { status, body: JSON.parse(body) };
  };

  test("is exact, though events come twice, at once, and replies are lost", async () => {
    const instances = [0, 1].map(() => countRevenue(revenueDocuments));
    const fault = await control.fault({
      match: { container: "daily-revenue", operation: "patch" },
      effect: { kind: "drop_reply" },
      probability: 0.1,
      seed: 7,
      times: 12,
    });
    const events = Array.from({ length: 90 }, (_, version) => {
      const currency = version % 3 === 0 ? "USD" : "EUR";
      const time = `2026-01-3${version % 2}T12:00:00.000Z`;
      return version < 45
        ? eventOf("saldo.credits.loaded.v1", { version, time, data: { currency } })
        : eventOf("saldo.transfer.settled.v1", { version, time, data: { currency } });
    });
    const deliveries = [...events, ...events.toReversed()].map((event, index) =>
      deliver(instances[index % 2] ?? assert.fail(), event),
    );
    await Promise.all(deliveries);
    assert.ok((await control.hits(fault)) > 0);
    const day = (name: string, currency: string, counts: readonly [number, number]) => {
      const [loads, transfers] = counts;
      const amount = (e4: number): string => (e4 / 10_000).toFixed(2);
      return {
        day: name,
        currency,
        fees: amount(loads * 200),
        loads: { count: loads, amount: amount(loads * 1_000_000) },
        transfers: { count: transfers, amount: amount(transfers * 255_000) },
      };
    };
    assert.deepEqual(await revenueFrom("from=2026-01-30&to=2026-01-31"), {
      status: 200,
      body: {
        days: [
          day("2026-01-30", "EUR", [15, 15]),
          day("2026-01-30", "USD", [8, 7]),
          day("2026-01-31", "EUR", [15, 15]),
          day("2026-01-31", "USD", [7, 8]),
        ],
      },
    });
    const { body } = await revenueFrom("from=2026-01-31&to=2026-02-28");
    assert.deepEqual(
      (body as { days: { day: string }[] }).days.map((found) => found.day),
      ["2026-01-31", "2026-01-31"],
    );
  });

  test("of days without any is empty", async () => {
    const found = await revenueFrom("from=2025-11-01&to=2026-01-29");
    assert.deepEqual(found, { status: 200, body: { days: [] } });
  });

  for (const [query, errors] of [
    ["", ["from: is required.", "to: is required."]],
    [
      "from=2026-02-30&to=soon",
      ["from", "to"].map((p) => `${p}: must be a day such as 2026-01-31.`),
    ],
    ["from=2026-02-02&to=2026-02-01", ["to: must not be before `from`."]],
    ["from=2026-01-01&to=2026-04-03", ["to: must be at most 92 days, `from` included."]],
  ] as const)
    test(`is not told for "${query}"`, async () => {
      const { status, body } = await revenueFrom(query);
      const problem = body as { code: string; errors: { path: string; message: string }[] };
      assert.deepEqual([status, problem.code], [400, "invalid_request"]);
      assert.deepEqual(
        problem.errors.map(({ path, message }) => `${path}: ${message}`),
        errors,
      );
    });

  test("is told for 92 days", async () => {
    assert.equal((await revenueFrom("from=2026-01-01&to=2026-04-02")).status, 200);
  });
});
