import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SubscriptionDefinition } from "../../../emulator/event-grid/index.ts";
import { openGridWorld, order, type GridWorld } from "./support/grid.ts";

type Filter = NonNullable<SubscriptionDefinition["filter"]>;
type AdvancedFilter = NonNullable<Filter["advancedFilters"]>[number];

/** Ids of the published events that a subscription with this filter is sent. */
async function wanted(world: GridWorld, filter: Filter): Promise<readonly string[]> {
  const { endpoint, subscribe, client, untilCounts, grid } = world;
  await subscribe({ filter });
  const before = endpoint.notifications.length;
  await client.send([
    order("shirt", {
      subject: "/Shop/shirts/1.json",
      data: { size: 5, color: "Red", sale: true, tags: ["new", "blue"], sizes: [1, 50] },
    }),
    order("hat", { subject: "/shop/hats/2", eventType: "OrderShipped", data: { size: 10 } }),
    order("none", { subject: "/other", data: { size: "5", color: 7, sale: null, tags: [1] } }),
  ]);
  await untilCounts(({ matched, delivered }) => matched === delivered);
  await grid.subscriptions.delete("orders", "hook");
  const ids = endpoint.ids().slice(before);
  return ["shirt", "hat", "none"].filter((id) => ids.includes(id));
}

describe("a filter", () => {
  for (const [what, filter, ids] of [
    ["of nothing", {}, ["shirt", "hat", "none"]],
    ["of types", { includedEventTypes: ["OrderShipped"] }, ["hat"]],
    ["of all types", { includedEventTypes: ["All"] }, ["shirt", "hat", "none"]],
    ["of no types", { includedEventTypes: [] }, ["shirt", "hat", "none"]],
    ["of types in another case", { includedEventTypes: ["ordershipped"] }, []],
    ["of how the subject begins", { subjectBeginsWith: "/shop/" }, ["shirt", "hat"]],
    ["of how it ends", { subjectEndsWith: ".JSON" }, ["shirt"]],
    ["of both", { subjectBeginsWith: "/shop/", subjectEndsWith: "2" }, ["hat"]],
    [
      "in which the case counts",
      { subjectBeginsWith: "/shop/", isSubjectCaseSensitive: true },
      ["hat"],
    ],
    [
      "of several advanced filters, all of which must hold",
      {
        advancedFilters: [
          { operatorType: "NumberGreaterThan", key: "data.size", value: 1 },
          { operatorType: "StringContains", key: "Subject", values: ["SHIRT", "else"] },
        ],
      },
      ["shirt"],
    ],
  ] as const satisfies readonly (readonly [string, Filter, readonly string[]])[]) {
    it(`${what} lets through ${ids.join(", ") || "nothing"}`, async (test) => {
      assert.deepEqual(await wanted(await openGridWorld(test), filter), ids);
    });
  }

  const all = ["shirt", "hat", "none"];
  const cases: readonly (readonly [AdvancedFilter, readonly string[]])[] = [
    [{ operatorType: "StringIn", key: "data.color", values: ["red", "blue"] }, ["shirt"]],
    [{ operatorType: "StringNotIn", key: "data.color", values: ["RED"] }, ["hat", "none"]],
    [{ operatorType: "StringBeginsWith", key: "data.color", values: ["r"] }, ["shirt"]],
    [{ operatorType: "StringNotBeginsWith", key: "data.color", values: ["x"] }, ["shirt", "none"]],
    [{ operatorType: "StringEndsWith", key: "data.color", values: ["ED"] }, ["shirt"]],
    [{ operatorType: "StringNotEndsWith", key: "data.color", values: ["d"] }, ["none"]],
    [{ operatorType: "StringContains", key: "eventType", values: ["ship"] }, ["hat"]],
    [{ operatorType: "StringNotContains", key: "data.color", values: ["e"] }, ["none"]],
    [{ operatorType: "NumberIn", key: "data.size", values: [5, 6] }, ["shirt"]],
    [{ operatorType: "NumberNotIn", key: "data.size", values: [5] }, ["hat", "none"]],
    [{ operatorType: "NumberNotIn", key: "data.absent", values: [5] }, all],
    [{ operatorType: "NumberLessThan", key: "data.size", value: 10 }, ["shirt"]],
    [{ operatorType: "NumberLessThanOrEquals", key: "data.size", value: 10 }, ["shirt", "hat"]],
    [{ operatorType: "NumberGreaterThan", key: "data.size", value: 5 }, ["hat"]],
    [{ operatorType: "NumberGreaterThanOrEquals", key: "data.size", value: 5 }, ["shirt", "hat"]],
    [
      {
        operatorType: "NumberInRange",
        key: "data.size",
        values: [
          [0, 1],
          [5, 9],
        ],
      },
      ["shirt"],
    ],
    [{ operatorType: "NumberNotInRange", key: "data.size", values: [[5, 9]] }, ["hat", "none"]],
    [{ operatorType: "BoolEquals", key: "data.sale", value: true }, ["shirt"]],
    [{ operatorType: "IsNullOrUndefined", key: "data.sale" }, ["hat", "none"]],
    [{ operatorType: "IsNotNull", key: "data.sale" }, ["shirt"]],
    [{ operatorType: "StringIn", key: "Data.color", values: ["red"] }, ["shirt"]],
    [{ operatorType: "StringIn", key: "data.Color", values: ["red"] }, []],
    [{ operatorType: "StringIn", key: "data.tags", values: ["blue"] }, []],
  ];
  for (const [filter, ids] of cases) {
    const { operatorType, key, ...rest } = filter;
    const text = `${operatorType} of ${key} ${JSON.stringify(Object.values(rest)[0] ?? "")}`;
    it(`${text} lets through ${ids.join(", ") || "nothing"}`, async (test) => {
      assert.deepEqual(await wanted(await openGridWorld(test), { advancedFilters: [filter] }), ids);
    });
  }

  for (const [filter, ids] of [
    [{ operatorType: "StringIn", key: "data.tags", values: ["blue"] }, ["shirt"]],
    [{ operatorType: "StringNotIn", key: "data.tags", values: ["blue"] }, ["hat", "none"]],
    [{ operatorType: "NumberGreaterThan", key: "data.sizes", value: 40 }, ["shirt"]],
    [{ operatorType: "NumberInRange", key: "data.sizes", values: [[2, 40]] }, []],
  ] as const satisfies readonly (readonly [AdvancedFilter, readonly string[]])[]) {
    it(`on arrays, when asked for: ${filter.operatorType} of ${filter.key}`, async (test) => {
      const enabled = { enableAdvancedFilteringOnArrays: true, advancedFilters: [filter] };
      assert.deepEqual(await wanted(await openGridWorld(test), enabled), ids);
    });
  }

  const inherited = ["constructor", "toString", "valueOf", "__proto__", "hasOwnProperty"];
  for (const key of inherited.flatMap((name) => [name, `data.${name}`, `data.${name}.name`])) {
    it(`on ${key}, which no event has, finds it absent`, async (test) => {
      const world = await openGridWorld(test);
      const matching = async (filter: AdvancedFilter): Promise<readonly string[]> =>
        wanted(world, { advancedFilters: [filter] });
      assert.deepEqual(await matching({ operatorType: "IsNullOrUndefined", key }), all);
      assert.deepEqual(await matching({ operatorType: "IsNotNull", key }), []);
      for (const operatorType of [
        "StringNotBeginsWith",
        "StringNotEndsWith",
        "StringNotContains",
      ] as const)
        assert.deepEqual(await matching({ operatorType, key, values: ["x"] }), [], operatorType);
      assert.deepEqual(
        await matching({ operatorType: "NumberNotInRange", key, values: [[1, 2]] }),
        [],
      );
      assert.deepEqual(await matching({ operatorType: "StringNotIn", key, values: ["x"] }), all);
    });
  }

  it("finds what an event has under a name that every object inherits", async (test) => {
    const { topic, endpoint, subscribe, untilCounts } = await openGridWorld(test);
    await subscribe({
      filter: {
        advancedFilters: [
          { operatorType: "StringIn", key: "data.constructor", values: ["ada"] },
          { operatorType: "StringIn", key: "Data.__proto__.name", values: ["bob"] },
        ],
      },
    });
    const event = (id: string, data: string): string =>
      `{"id":"${id}","subject":"s","eventType":"t","eventTime":"2026-08-05T13:00:00Z","data":${data}}`;
    const own = event("own", '{"constructor":"ada","__proto__":{"name":"bob"}}');
    const other = event("other", '{"constructor":"eve","__proto__":{"name":"bob"}}');
    const answer = await fetch(topic.endpoint, {
      method: "POST",
      headers: { "aeg-sas-key": topic.key1 },
      body: `[${own},${other}]`, // as the client would not send it
    });
    assert.equal(answer.status, 200, await answer.text());
    await untilCounts(({ matched, delivered }) => matched === delivered);
    assert.deepEqual(endpoint.ids(), ["own"]);
  });

  it("looks at source, type and extensions of CloudEvents", async (test) => {
    const { grid, cloudClient, endpoint, untilCounts } = await openGridWorld(test);
    const endpointUrl = endpoint.url;
    await grid.subscriptions.create("clouds", "hook", {
      destination: { endpointType: "WebHook", properties: { endpointUrl } },
      filter: {
        includedEventTypes: ["Loaded"],
        advancedFilters: [
          { operatorType: "StringBeginsWith", key: "source", values: ["/cards"] },
          { operatorType: "StringIn", key: "tenant", values: ["a"] },
        ],
      },
    });
    const event = { type: "Loaded", source: "/cards/1", extensionAttributes: { tenant: "a" } };
    await cloudClient.send([
      { ...event, id: "1", data: {} },
      { ...event, id: "2", data: {}, type: "Paid" },
      { ...event, id: "3", data: {}, source: "/else" },
      { ...event, id: "4", data: {}, extensionAttributes: { tenant: "b" } },
    ]);
    await untilCounts(({ delivered }) => delivered === 1);
    assert.deepEqual(endpoint.ids(), ["1"]);
  });

  it("that is malformed, or beyond the documented limits, is refused", async (test) => {
    const { subscribe } = await openGridWorld(test);
    const isNotNull = { operatorType: "IsNotNull", key: "id" } as const;
    const stringIn = (values: string[]): AdvancedFilter => ({
      operatorType: "StringIn",
      key: "id",
      values,
    });
    const wrong = (filter: object): AdvancedFilter => filter as AdvancedFilter;
    for (const [advancedFilters, message] of [
      [Array.from({ length: 26 }, () => isNotNull), /at most 25 advanced/],
      [[stringIn(Array.from({ length: 26 }, String))], /at most 25 values/],
      [[stringIn(["x".repeat(513)])], /at most 512/],
      [[wrong({ operatorType: "StringLike", key: "id", values: ["1"] })], /one of StringIn/],
      [[wrong({ operatorType: "StringIn", values: ["1"] })], /needs key/],
      [[wrong({ operatorType: "NumberIn", key: "id", values: ["1"] })], /do not fit/],
      [[wrong({ operatorType: "NumberInRange", key: "id", values: [1] })], /do not fit/],
      [[wrong({ operatorType: "NumberLessThan", key: "id" })], /needs a number/],
      [[wrong({ operatorType: "BoolEquals", key: "id", value: 1 })], /needs a boolean/],
    ] as const) {
      await assert.rejects(subscribe({ filter: { advancedFilters } }), { status: 400, message });
    }
  });
});
