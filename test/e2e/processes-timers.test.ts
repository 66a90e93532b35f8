/** The orchestrator that new instances get, on a task hub whose timers are as imprecise and as short as Azure's. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TransferNews } from "../../domain/account/transfer.process.ts";
import type { IssueInput } from "../../src/platform/durable/drive-process.ts";
import { loadOrchestrators } from "../support/process-recordings.ts";
import { SimulatedInstance } from "../support/simulated-hub.ts";

const newest = [...(await loadOrchestrators())].toSorted(([a], [b]) => a.localeCompare(b)).at(-1);
assert.ok(newest);
const [name, replay] = newest;

const startMs = Date.UTC(2026, 0, 1, 12, 0, 0, 375);
const dayMs = 24 * 3_600_000;
const cause = { correlationId: "c", causationId: "k", traceparent: "" };
const transfer = {
  ...{ transferId: "father-1", from: "father", to: "son", amountE4: 10_000, currency: "EUR" },
  isManaged: true,
} as const;

type Stage = TransferNews["stage"];
const news = (version: number, stage: Stage, dueAtMs?: number): object => ({
  news: { version, transfer, stage, ...(dueAtMs === undefined ? {} : { dueAtMs }) },
  cause,
});

type Led = {
  readonly instance: SimulatedInstance;
  /** What it has issued, and when. */
  readonly issued: readonly { readonly type: string; readonly atMs: number }[];
  tell(version: number, stage: Stage, dueAtMs?: number): Promise<void>;
};

async function lead(stage: Stage, dueAtMs: number, behindMs = 0): Promise<Led> {
  let shown = news(1, stage, dueAtMs);
  const issued: { type: string; atMs: number }[] = [];
  const instance = await SimulatedInstance.start(replay, {
    ...{ name, startMs, behindMs },
    activities: {
      "look-at-transfer": () => shown,
      "issue-commands": (input, atMs) => {
        const { commands } = input as IssueInput<typeof cause>;
        issued.push(...commands.map(({ command }) => ({ type: command.type, atMs })));
      },
    },
  });
  const tell: Led["tell"] = async (...told) => {
    shown = news(...told);
    await instance.raise("news", shown);
  };
  return { instance, issued, tell };
}

const withinMs = [1, 400, 999, 1_000, 1_001, 1_990, 3_007, 86_399_999, dayMs];

describe("an instant for which a transfer waits", () => {
  for (const stage of ["waiting", "scheduled"] as const)
    test(`takes one timer if it is ${stage}, however far ahead it is, and is never met early`, async () => {
      for (const ms of withinMs) {
        const { instance, issued } = await lead(stage, startMs + ms);
        await instance.passUntil(startMs + ms + 2_000);
        assert.deepEqual(
          instance.timers.map(({ state }) => state),
          ["fired", "open"], // the second waits for the effect of the command
          `${ms} ms ahead`,
        );
        assert.equal(issued.length, 1);
        const atMs = issued[0]?.atMs ?? 0;
        assert.ok(
          atMs >= startMs + ms && atMs <= startMs + ms + 1_000,
          `${atMs - startMs - ms} ms`,
        );
      }
    });

  test("takes one timer even if the host's clock is behind that of the storage", async () => {
    const dueMs = startMs + dayMs + 999; // its timer is cut to the very instant
    const { instance, issued } = await lead("waiting", dueMs, 700);
    await instance.passUntil(dueMs + 2_000);
    assert.deepEqual([instance.timers.length, issued.length], [2, 1]);
  });
});

describe("a transfer scheduled further ahead than a timer reaches", () => {
  const dueMs = startMs + 20 * dayMs + 123;
  const daysAhead = [0, 2, 4, 5, 6, 9.5, 12, 19.99];

  test("waits with one timer after the other, and starts at its instant", async () => {
    const { instance, issued, tell } = await lead("scheduled", dueMs);
    await instance.passUntil(dueMs - 1);
    assert.deepEqual(issued, []);
    await instance.passUntil(dueMs + 1_000);
    assert.deepEqual(
      issued.map(({ type }) => type),
      ["StartTransfer"],
    );
    const fired = instance.timers.filter(({ state }) => state === "fired");
    assert.equal(fired.length, 4, "three of five days each, and the rest");
    await tell(2, "ended");
    assert.ok(instance.hasEnded);
  });

  for (const days of daysAhead)
    test(`is withdrawn after ${days} days: its process ends, and no timer is left`, async () => {
      const { instance, issued, tell } = await lead("scheduled", dueMs);
      await instance.passUntil(startMs + days * dayMs);
      await tell(2, "ended");
      assert.ok(instance.hasEnded);
      await instance.passUntil(dueMs + dayMs);
      assert.deepEqual(issued, []);
    });

  for (const days of daysAhead)
    test(`is told again after ${days} days, and starts at its instant all the same`, async () => {
      const { instance, issued, tell } = await lead("scheduled", dueMs);
      await instance.passUntil(startMs + days * dayMs);
      await tell(1, "scheduled", dueMs);
      await tell(1, "scheduled", dueMs);
      await instance.passUntil(dueMs + 1_000);
      assert.deepEqual(
        issued.map(({ type }) => type),
        ["StartTransfer"],
      );
      await tell(2, "ended");
      assert.ok(instance.hasEnded);
    });
});
