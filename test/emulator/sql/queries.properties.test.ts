import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  compileQuery,
  type IndexableFilter,
  type JsonObject,
  type JsonValue,
} from "../../../emulator/cosmos/sql/index.ts";
import { compareSortKeys, sortKey } from "../../../emulator/cosmos/sql/order.ts";
import { parse } from "../../../emulator/cosmos/sql/parser.ts";
import { unparse } from "../../../emulator/cosmos/sql/unparse.ts";
import {
  canonical,
  compareValues,
  equalValues,
  isArray,
  property,
  typeRank,
  type Value,
} from "../../../emulator/cosmos/sql/values.ts";
import {
  conditions,
  documents,
  groupedQueries,
  mergedQueries,
  orderedQueries,
  values,
} from "./arbitrary-queries.ts";
import { mergeByPlan } from "./merge-by-plan.ts";
import { runQuery } from "./run-query.ts";

describe("Values", () => {
  it("are equal exactly if they compare as equal and have the same canonical text", () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const isEqual = equalValues(left, right);
        assert.equal(compareValues(left, right) === 0, isEqual);
        assert.equal(canonical(left) === canonical(right), isEqual);
        assert.equal(
          Math.sign(compareValues(left, right)),
          -Math.sign(compareValues(right, left)) + 0,
        );
      }),
    );
  });

  it("have one order whatever order they came in", () => {
    fc.assert(
      fc.property(fc.uniqueArray(values, { comparator: equalValues }), (list) => {
        const sorted = list.toSorted(compareValues);
        assert.deepEqual(list.toReversed().sort(compareValues), sorted);
        assert.deepEqual(sorted.map(typeRank), sorted.map(typeRank).sort());
      }),
    );
  });
});

describe("Any query", () => {
  it("means the same after it was written out again", () => {
    fc.assert(
      fc.property(
        fc.oneof(orderedQueries, mergedQueries, groupedQueries),
        documents,
        (text, data) => {
          const written = unparse(parse(text));
          assert.equal(unparse(parse(written)), written);
          assert.deepEqual(runQuery(written, data), runQuery(text, data));
        },
      ),
    );
  });

  it("reports as filters only what every document in its result fulfils", () => {
    fc.assert(
      fc.property(conditions, documents, (condition, data) => {
        const query = compileQuery(`SELECT * FROM d WHERE ${condition}`).bind([]);
        for (const document of query.execute(data, { sorted: false })) {
          for (const filter of query.filters) assert.ok(fulfils(document, filter));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("finds the same in documents that were sought by its filters", () => {
    fc.assert(
      fc.property(orderedQueries, documents, (text, data) => {
        const query = compileQuery(text).bind([]);
        const sought = data.filter((document) =>
          query.filters.every((filter) => fulfils(document, filter)),
        );
        assert.deepEqual(
          query.execute(sought, { sorted: false }),
          query.execute(data, { sorted: false }),
        );
      }),
    );
  });

  it("gives from sorted documents what it gives from unsorted ones", () => {
    fc.assert(
      fc.property(orderedQueries, documents, (text, data) => {
        const query = compileQuery(text).bind([]);
        const sorted = data.toSorted((left, right) => {
          for (const { path, direction } of query.orderBy) {
            const [x, y] = [left, right].map((document) => sortKey(at(document, path)));
            const comparison = x && y ? compareSortKeys(x, y) : 0;
            if (comparison !== 0) return direction === "ASC" ? comparison : -comparison;
          }
          return 0;
        });
        assert.deepEqual(
          query.execute(sorted, { sorted: true }),
          query.execute(data, { sorted: false }),
        );
      }),
    );
  });
});

describe("A planned query, merged from the answers of its partitions,", () => {
  const partitions = fc.integer({ min: 1, max: 4 });
  const asked = (text: string, data: readonly JsonObject[], count: number): JsonValue[] => {
    const plan = compileQuery(text).plan(["/id"]);
    const rewritten = plan.queryInfo.rewrittenQuery || text;
    const sent = rewritten.replace("{documentdb-formattableorderbyquery-filter}", "true");
    const held = Array.from({ length: count }, (_, partition) =>
      data.filter((_document, index) => (index * 7 + (index >> 1)) % count === partition),
    );
    return mergeByPlan(
      plan,
      held.map((part) => runQuery(sent, part)),
    );
  };
  const inAnyOrder = (results: readonly JsonValue[]): string[] => results.map(canonical).sort();

  it("is what one partition with everything gives, in order", () => {
    fc.assert(
      fc.property(orderedQueries, documents, partitions, (text, data, count) => {
        assert.deepEqual(asked(text, data, count), runQuery(text, data));
      }),
      { numRuns: 500 },
    );
  });

  it("is what one partition with everything gives, when nothing orders it", () => {
    fc.assert(
      fc.property(
        fc.oneof(mergedQueries, groupedQueries),
        documents,
        partitions,
        (text, data, count) => {
          const whole = runQuery(text, data);
          const merged = asked(text, data, count);
          if (text.includes("TOP")) assert.equal(merged.length, whole.length);
          else assert.deepEqual(inAnyOrder(merged), inAnyOrder(whole));
        },
      ),
    );
  });
});

function at(value: Value, path: readonly string[]): Value {
  return path.reduce<Value>((inner, key) => property(inner, key), value);
}

/** What a filter promises, in the plainest words. */
function fulfils(document: JsonValue, { path, operator, value }: IndexableFilter): boolean {
  const found = at(document, path);
  if (operator === "array_contains")
    return isArray(found) && found.some((item) => equalValues(item, value));
  if (operator === "array_contains_any") {
    const wanted = isArray(value) ? value : [];
    return isArray(found) && found.some((item) => wanted.some((one) => equalValues(item, one)));
  }
  if (operator === "=") return equalValues(found, value);
  if (typeRank(found) !== typeRank(value)) return false;
  const comparison = compareValues(found, value);
  if (comparison === 0) return operator.endsWith("=");
  return operator.startsWith("<") === comparison < 0;
}
