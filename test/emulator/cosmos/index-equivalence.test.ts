import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Container, IndexingPolicy } from "@azure/cosmos";
import fc from "fast-check";
import { compareSortKeys, sortKey } from "../../../emulator/cosmos/sql/order.ts";
import type { JsonValue } from "../../../emulator/cosmos/sql/values.ts";
import { inA, run } from "./query-support.ts";
import { emulatorOnly, useAccount } from "./support.ts";

const policies: readonly IndexingPolicy[] = [
  { indexingMode: "none", automatic: false },
  { indexingMode: "consistent", includedPaths: [{ path: "/*" }], excludedPaths: [] },
  {
    indexingMode: "consistent",
    includedPaths: [{ path: "/a/?" }, { path: "/list/[]/?" }, { path: "/deep/*" }],
    excludedPaths: [{ path: "/*" }],
  },
];

const scalar = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom("", "x", "y", "Z", "é", "\ue000", "😀", "a/b", "[]"),
  fc.boolean(),
  fc.constant(null),
);
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.record({ x: scalar }) },
);
const document = fc.record(
  {
    a: value,
    list: fc.array(scalar, { maxLength: 3 }),
    deep: fc.record({ b: value, "c/d": scalar }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const write = fc.record({
  kind: fc.constantFrom("upsert", "upsert", "upsert", "delete"),
  id: fc.constantFrom("1", "2", "3", "4", "5", "6"),
  document,
});
const query = fc
  .record({
    path: fc.constantFrom("c.a", "c.deep.b", 'c.deep["c/d"]', "c.id"),
    operator: fc.constantFrom("=", "<", "<=", ">", ">="),
    literal: scalar,
    member: scalar,
    shape: fc.constantFrom("compare", "contains", "either", "both", "between"),
  })
  .map(({ path, operator, literal, member, shape }) => {
    const compare = `${path} ${operator} ${JSON.stringify(literal)}`;
    const contains = `ARRAY_CONTAINS(c.list, ${JSON.stringify(member)})`;
    const between = `${path} BETWEEN ${JSON.stringify(literal)} AND ${JSON.stringify(member)}`;
    const either = `(ARRAY_CONTAINS(c.list, ${JSON.stringify(literal)}) OR ${contains})`;
    const both = `${compare} AND ${contains}`;
    return `SELECT * FROM c WHERE ${{ compare, contains, either, between, both }[shape]}`;
  });

async function apply(
  container: Container,
  writes: readonly { kind: string; id: string; document: object }[],
): Promise<void> {
  for (const { kind, id, document: body } of writes) {
    if (kind === "upsert") await container.items.upsert({ ...body, id, pk: "a" });
    else if ((await container.item(id, "a").read()).statusCode === 200) {
      await container.item(id, "a").delete();
    }
  }
}

const idsOf = (results: readonly unknown[]): string[] =>
  results.map((item) => (item as { id: string }).id);

describe("Whatever is written", { skip: emulatorOnly }, () => {
  const account = useAccount({ partitionCount: 1 });

  test("queries find the same with an index as without, in pages of any size", async () => {
    const scenario = fc.record({
      writes: fc.array(write, { minLength: 1, maxLength: 25 }),
      queries: fc.array(query, { minLength: 4, maxLength: 8 }),
      orderPath: fc.constantFrom("c.a", "c.deep.b"),
      direction: fc.constantFrom("ASC", "DESC"),
      maxItemCount: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ writes, queries, maxItemCount, ...order }) => {
        const containers: Container[] = [];
        for (const indexingPolicy of policies) {
          const container = await account.container({ indexingPolicy });
          await apply(container, writes);
          containers.push(container);
        }
        const [bare, ...indexed] = containers as [Container, ...Container[]];
        for (const text of queries) {
          const expected = idsOf((await run(bare, text, inA)).results).toSorted();
          for (const container of indexed) {
            const { results } = await run(container, text, { ...inA, maxItemCount });
            assert.deepEqual(idsOf(results).toSorted(), expected, text);
          }
        }
        const byRank = `SELECT VALUE ${order.orderPath} FROM c WHERE IS_DEFINED(${order.orderPath})`;
        const ordered = `${byRank} ORDER BY ${order.orderPath} ${order.direction}`;
        const unordered = (await run(bare, byRank, inA)).results as JsonValue[];
        const sign = order.direction === "ASC" ? 1 : -1;
        const sorted = unordered.toSorted(
          (left, right) => sign * compareSortKeys(sortKey(left), sortKey(right)),
        );
        for (const container of indexed) {
          const { results } = await run(container, ordered, { ...inA, maxItemCount });
          assert.deepEqual(results, sorted, ordered);
        }
        for (const container of containers) await container.delete();
      }),
      { numRuns: Number(process.env["FUZZ_RUNS"] ?? 25) },
    );
  });
});
