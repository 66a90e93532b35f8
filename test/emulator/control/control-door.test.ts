import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { openControlDoor } from "../../../emulator/control/control-door.ts";
import { meter } from "../../../emulator/control/usage.ts";
import { createFaults } from "../../../emulator/cosmos/faults.ts";
import { createClock, mostAheadMs } from "../../../emulator/shared/clock.ts";
import type { WireResponse } from "../../../emulator/shared/wire.ts";
import { openGridWorld, type GridWorld } from "../event-grid/support/grid.ts";

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;

function asking(url: string): Ask {
  return async (method, path, body) => {
    const init =
      body === undefined
        ? { method }
        : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };
}

type Door = { readonly url: string; readonly ask: Ask };

async function openDoor(test: TestContext, world?: GridWorld): Promise<Door> {
  const clock = world?.clock ?? createClock();
  const eventGrid = world?.grid;
  const metered = meter(answer);
  await metered.handle({
    method: "GET",
    path: "/dbs/d/colls/orders/docs/1",
    headers: {},
    body: "",
  });
  const controlled = { clock, faults: createFaults(), meter: metered, eventGrid };
  const door = await openControlDoor(controlled, { port: 0 });
  test.after(() => door.close());
  return { url: door.url, ask: asking(door.url) };
}

/** A Cosmos account that charges 2.5 for everything. */
function answer(): Promise<WireResponse> {
  return Promise.resolve({ status: 200, headers: { "x-ms-request-charge": "2.5" }, body: "" });
}

describe("the control door", () => {
  it("tells the time and moves it", async (test) => {
    const { ask } = await openDoor(test);
    const before = await ask("GET", "/clock");
    const after = await ask("POST", "/clock/advance", { ms: 3_600_000 });
    assert.deepEqual([before.status, after.status], [200, 200]);
    const movedMs = Date.parse(String(after.body["now"])) - Date.parse(String(before.body["now"]));
    assert.ok(movedMs >= 3_600_000, String(movedMs));
  });

  it("takes no other duration than a whole number of ms that is not negative", async (test) => {
    const { url, ask } = await openDoor(test);
    const wrong = [-1, 0.5, "1000", null, true, [1], {}, 8.64e15, 2 ** 53];
    for (const body of [undefined, {}, ...wrong.map((ms) => ({ ms }))]) {
      const { status, body: answer } = await ask("POST", "/clock/advance", body);
      assert.equal(status, 400, JSON.stringify(body));
      assert.match(String(answer["message"]), /^ms is a whole number from 0 to \d+\.$/);
    }
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: '{"ms":1e999}' };
    assert.equal((await fetch(`${url}/clock/advance`, init)).status, 400);
    assert.equal((await ask("GET", "/clock")).body["aheadMs"], 0);
  });

  it("moves the clock no further than dates with four digits for the year", async (test) => {
    const { ask } = await openDoor(test);
    const { status, body } = await ask("POST", "/clock/advance", { ms: mostAheadMs });
    assert.equal(status, 200);
    assert.match(String(body["now"]), /^9\d{3}-/);
    const further = await ask("POST", "/clock/advance", { ms: 1 });
    assert.equal(further.status, 400);
    assert.match(String(further.body["message"]), /at most 7000 years ahead/);
    assert.equal((await ask("GET", "/clock")).body["aheadMs"], mostAheadMs);
  });

  it("takes JSON alone, and says so", async (test) => {
    const { url, ask } = await openDoor(test);
    const types = ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""];
    for (const type of types) {
      const init = { method: "POST", headers: { "content-type": type }, body: '{"ms":1}' };
      const answer = await fetch(`${url}/clock/advance`, init);
      assert.equal(answer.status, 415, type);
      assert.match(await answer.text(), /content-type: application\/json/);
    }
    const init = { method: "POST", headers: { "content-type": "text/plain" } };
    assert.equal((await fetch(`${url}/usage/reset`, init)).status, 415);
    assert.equal((await ask("GET", "/clock")).body["aheadMs"], 0);
  });

  it("sets faults, lists them and removes one or all", async (test) => {
    const { ask } = await openDoor(test);
    const rule = { match: {}, effect: { kind: "delay", ms: 5 } };
    assert.deepEqual(await ask("POST", "/faults", rule), { status: 201, body: { id: "fault-1" } });
    await ask("POST", "/faults", { ...rule, id: "slow disk" });
    await ask("POST", "/faults", rule);
    const removed = await ask("DELETE", "/faults/slow%20disk");
    assert.deepEqual(removed, {
      status: 200,
      body: {
        faults: [
          { ...rule, id: "fault-1", hits: 0 },
          { ...rule, id: "fault-2", hits: 0 },
        ],
      },
    });
    assert.deepEqual((await ask("DELETE", "/faults")).body, { faults: [] });
    assert.deepEqual((await ask("GET", "/faults")).body, { faults: [] });
  });

  it("tells and resets what was charged", async (test) => {
    const { ask } = await openDoor(test);
    const usage = { orders: { read: { requests: 1, requestUnits: 2.5 } } };
    assert.deepEqual(await ask("GET", "/usage"), { status: 200, body: usage });
    assert.deepEqual(await ask("POST", "/usage/reset"), { status: 200, body: {} });
    assert.deepEqual(await ask("GET", "/usage"), { status: 200, body: {} });
  });

  it("refuses what is no JSON object, and rules that make no sense, with the reason", async (test) => {
    const { ask } = await openDoor(test);
    for (const body of [1, null, [], "rule"]) {
      const { status, body: answer } = await ask("POST", "/faults", body);
      assert.deepEqual(
        [status, answer],
        [400, { message: "The body of a request is a JSON object." }],
      );
    }
    assert.deepEqual(await ask("POST", "/faults", { match: {} }), {
      status: 400,
      body: { message: "A fault rule needs match and effect." },
    });
    const rule = { match: {}, effect: { kind: "delay", ms: 5 } };
    for (const wrong of [
      ...[0.5, "5", null, 1e300].map((ms) => ({ ...rule, effect: { kind: "delay", ms } })),
      ...["503", 503.5, null].map((status) => ({ match: {}, effect: { kind: "status", status } })),
      ...[0.5, "1", null, -1].flatMap((number) => [
        { match: {}, effect: { kind: "status", status: 429, retryAfterMs: number } },
        { match: {}, effect: { kind: "status", status: 429, substatus: number } },
      ]),
      ...["0.1", null, -0.1].map((probability) => ({ ...rule, probability })),
      ...["1", null, 1.5, 1e300].map((times) => ({ ...rule, times })),
      ...["7", null, 0.5, 1e300].map((seed) => ({ ...rule, seed })),
      ...[7, "", null, {}].map((id) => ({ ...rule, id })),
      ...[null, [], "c", { container: 1 }, { documentId: null }].map((match) => ({
        ...rule,
        match,
      })),
      ...[null, [], "delay", {}].map((effect) => ({ match: {}, effect })),
    ]) {
      const { status, body } = await ask("POST", "/faults", wrong);
      assert.equal(status, 400, JSON.stringify(wrong));
      assert.doesNotMatch(String(body["message"]), /Cannot read|undefined/, JSON.stringify(wrong));
    }
    assert.deepEqual((await ask("GET", "/faults")).body, { faults: [] });
  });

  it("answers 404 to what it does not know, with all that it knows", async (test) => {
    const { ask } = await openDoor(test);
    for (const [method, path] of [
      ["GET", "/weather"],
      ["PUT", "/faults"],
      ["DELETE", "/faults/"],
      ["DELETE", "/faults/1/2"],
      ["GET", "/event-grid/rules"],
    ] as const) {
      const { status, body } = await ask(method, path);
      assert.equal(status, 404);
      assert.equal(body["message"], `There is no ${method} ${path} here.`);
      assert.ok((body["routes"] as string[]).includes("DELETE /faults/{id}"));
    }
    assert.deepEqual(await ask("DELETE", "/faults/gone"), {
      status: 404,
      body: { message: 'There is no rule "gone" in /faults.' },
    });
  });

  it("ends the process abruptly", async (test) => {
    const child = fork(new URL("support/door-process.ts", import.meta.url));
    test.after(() => child.kill("SIGKILL"));
    const [url] = (await once(child, "message")) as [string];
    const exited = once(child, "exit");
    await assert.rejects(fetch(`${url}/kill`, { method: "POST" }));
    assert.deepEqual(await exited, [null, "SIGKILL"]);
  });
});

describe("the control door of a world with Event Grid", () => {
  it("changes the weather of deliveries", async (test) => {
    const world = await openGridWorld(test);
    const { ask } = await openDoor(test, world);
    await world.subscribe();
    const rule = { match: { subscription: "hook" }, effect: { kind: "duplicate" }, times: 1 };
    const set = await ask("POST", "/event-grid/rules", rule);
    assert.deepEqual(set, { status: 201, body: { id: "weather-1" } });
    await world.publish("1");
    await world.endpoint.until(() => world.endpoint.notifications.length === 2);
    assert.deepEqual(world.endpoint.ids(), ["1", "1"]);
    assert.deepEqual((await ask("GET", "/event-grid/rules")).body, {
      rules: [{ ...rule, id: "weather-1", hits: 1 }],
    });
    const removed = await ask("DELETE", "/event-grid/rules/weather-1");
    assert.deepEqual(removed, { status: 200, body: { rules: [] } });
    assert.equal((await ask("DELETE", "/event-grid/rules/weather-1")).status, 404);
    const refused = await ask("POST", "/event-grid/rules", { effect: { kind: "hail" } });
    assert.equal(refused.status, 400);
    assert.match(String(refused.body["message"]), /^An effect is duplicate/);
  });

  it("shows how the subscriptions are, without their keys", async (test) => {
    const world = await openGridWorld(test);
    const { ask } = await openDoor(test, world);
    await world.subscribe();
    await world.publish("1", "2");
    await world.untilCounts(({ delivered }) => delivered === 2);
    const { status, body } = await ask("GET", "/event-grid/subscriptions");
    assert.equal(status, 200);
    assert.deepEqual(body, {
      subscriptions: [
        { topic: "orders", name: "hook", state: "Succeeded", counts: world.counts() },
      ],
    });
  });
});
