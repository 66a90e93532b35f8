import assert from "node:assert/strict";
import { it } from "node:test";
import type { JsonObject, JsonValue } from "../../../emulator/cosmos/sql/index.ts";
import { runQuery } from "./run-query.ts";

/** Documents with every type of value, and with properties that only some of them have. */
export const families: readonly JsonObject[] = [
  {
    id: "ada",
    age: 36,
    city: "London",
    tags: ["math", "poetry"],
    address: { zip: "W1", floor: 2 },
    children: [
      { name: "Byron", age: 8 },
      { name: "Anne", age: 6 },
    ],
  },
  { id: "bob", age: 20, city: "Paris", tags: ["math"], address: { zip: "75" } },
  { id: "cyd", age: "old", city: "London", children: [{ name: "Dee", age: 8 }], nick: null },
  { id: "dan", age: null, tags: [], order: 1, value: { top: true } },
  { id: "eve", city: "Paris", age: 36, tags: "math" },
];

type Case = readonly [
  behaviour: string,
  query: string,
  results: readonly JsonValue[],
  parameters?: Readonly<Record<string, JsonValue>>,
];

/** Declares a test for each case: the query gives these results over the families. */
export function checkResults(cases: readonly Case[]): void {
  for (const [behaviour, query, results, parameters] of cases) {
    it(behaviour, () => {
      assert.deepEqual(runQuery(query, families, parameters), results);
    });
  }
}
