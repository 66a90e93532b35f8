import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Subscription } from "../../console/azure/event-grid.ts";
import { attentionFor } from "../../console/flow/attention.ts";
import type { Observations } from "../../console/flow/observations.ts";
import { stationsOf } from "../../console/flow/stations.ts";
import { lanesOf } from "../../console/saldo/lanes.ts";

const read = <Value>(value: Value) => ({ isRead: true, value }) as const;
const away = (why: string) => ({ isRead: false, why }) as const;

const flowing = { broken: undefined, behind: 0, lagMs: 0, owners: ["host"], ranges: 1 };
const traffic = { ...flowing, perSecond: 0, history: [] };

const calm: Observations = {
  atMs: 0,
  commands: traffic,
  events: traffic,
  outcomes: {
    acceptedPerSecond: 0,
    rejectedPerSecond: 0,
    meanTogether: undefined,
    medianMs: undefined,
    slowMs: undefined,
    reactionsPerSecond: 0,
    history: [],
  },
  leases: read(2),
  lanes: read([]),
  processes: read([]),
  subscriptions: read([]),
  deliveriesPerSecond: new Map(),
  weather: read({ faults: [], eventRules: [], now: "", aheadMs: 0 }),
  usage: read({}),
  requestUnitsPerSecond: 0,
  writes: { count: 0, perSecond: 0 },
  metrics: read({ lagMs: [], stageMs: [], moneyConserved: [] }),
};

const told = (given: Partial<Observations>): readonly string[] => {
  const seen = { ...calm, ...given };
  return attentionFor(seen, stationsOf(seen)).map(
    ({ health, where, says }) => `${health}: ${where}: ${says}`,
  );
};

const subscription = (name: string, counts: Partial<Subscription["counts"]>): Subscription => ({
  topic: "saldo",
  name,
  state: "Succeeded",
  counts: {
    matched: 0,
    delivered: 0,
    failedAttempts: 0,
    deadLettered: 0,
    dropped: 0,
    waiting: 0,
    waitingDeadLetters: 0,
    ...counts,
  },
  definition: {},
});

describe("What needs attention", () => {
  it("is nothing while everything flows", () => {
    assert.deepEqual(told({}), []);
  });

  it("is a feed that nobody handles, soon to watch and later wrong", () => {
    const waits = (lagMs: number) => told({ events: { ...traffic, behind: 1, lagMs } });
    assert.deepEqual(waits(2_000), []);
    assert.deepEqual(waits(3_000), ["slow: [events]: Waits for 3 s"]);
    assert.deepEqual(waits(12_000), ["wrong: [events]: Not handled for 12 s"]);
  });

  it("is a feed without a host, or that cannot be read, but not the stages it starves", () => {
    assert.deepEqual(told({ commands: { ...traffic, owners: [] } }), [
      "wrong: [commands]: No host holds a lease",
    ]);
    const broken = { why: "503", forMs: 9_000 };
    const stations = stationsOf({ ...calm, events: { ...traffic, broken } });
    const starved = stations.filter(({ why }) => why === "Gets no events");
    assert.deepEqual(
      starved.map(({ id }) => id),
      ["project", "react", "publish"],
    );
    assert.deepEqual(told({ events: { ...traffic, broken } }), [
      "wrong: [events]: No feed for 9 s",
    ]);
  });

  it("is what is parked, at the stage where it is", () => {
    const parkedAt = new Date(0).toISOString();
    const letter = { id: "x", stream: "a", parkedAt, order: 1, message: {} };
    const lanes = lanesOf(
      ["handling", "projecting", "publishing"].map((stage) => ({ ...letter, stage, lane: stage })),
    );
    assert.deepEqual(told({ lanes: read(lanes) }), [
      "wrong: handle: 1 message parked",
      "wrong: 1 project: 1 message parked",
      "wrong: 3 publish: 1 message held back",
    ]);
  });

  it("is what a subscriber does not take, and what never reached it", () => {
    const subscriptions = read([
      subscription("admin", { waiting: 2, failedAttempts: 5 }),
      subscription("notify-owners", { deadLettered: 1, dropped: 2 }),
    ]);
    assert.deepEqual(told({ subscriptions }), [
      "wrong: notify-owners: 3 events never arrived",
      "slow: admin: 2 events to be retried",
    ]);
  });

  it("is a process that is overdue", () => {
    const item = { transferId: "t", stage: "approved", since: "", runtimeStatus: "running" };
    const processes = read([
      { ...item, isOverdue: true },
      { ...item, isOverdue: false },
    ]);
    const subscriptions = read([subscription("lead-transfer", {})]);
    assert.deepEqual(told({ processes, subscriptions }), ["wrong: process: 1 process overdue"]);
  });

  it("is money that was made or lost, before all that is only to be watched", () => {
    const point = { dimensions: {}, value: 0 };
    const metrics = read({ lagMs: [], stageMs: [], moneyConserved: [point] });
    const fault = { id: "f", hits: 0, match: { operation: "feed" }, effect: { kind: "delay" } };
    const weather = read({ faults: [fault], eventRules: [], now: "", aheadMs: 0 });
    assert.deepEqual(told({ metrics, weather }), [
      "wrong: money: Money is not conserved",
      "slow: weather: 1 fault in force",
    ]);
  });

  it("is a service that does not answer, said once", () => {
    const why = "Cosmos does not answer: nothing listens there.";
    assert.deepEqual(told({ leases: away(why), lanes: away(why) }), [`slow: console: ${why}`]);
  });

  it("is the stage that a fault of the weather hits", () => {
    const match = { operation: "create", container: "events" };
    const fault = { id: "f", hits: 0, match, effect: { kind: "status" } };
    const weather = read({ faults: [fault], eventRules: [], now: "", aheadMs: 0 });
    assert.deepEqual(told({ weather }), [
      "slow: handle: A fault hits its commits",
      "slow: weather: 1 fault in force",
    ]);
  });
});
