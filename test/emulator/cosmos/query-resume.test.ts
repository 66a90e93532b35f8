import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { Container } from "@azure/cosmos";
import { distinctHash } from "../../../emulator/cosmos/sql/distinct-hash.ts";
import { emulatorOnly, refusal, send, useAccount } from "./support.ts";

type Row = { readonly id: string; readonly _rid: string; readonly key?: unknown };
type Resume = {
  readonly value: readonly unknown[];
  readonly rid?: string;
  readonly exclude?: boolean;
};

/** Values of every type, many of them twice, in no order. */
const values: readonly unknown[] = [
  ...[3, "b", true, null, [1], { z: 1 }, 1, "a", 3, undefined, { z: 2 }, [2, 1], false, 2, 3],
  ...["a", undefined, [1], null, { a: [1] }, 1.5, "B", 2, "", [], {}, { z: 1 }, true, 10, -1],
];

describe("An ordered query goes on where the .NET client says", { skip: emulatorOnly }, () => {
  const account = useAccount();

  /** Documents with ids in no order, so that only the order of creation tells equal keys apart. */
  const filled = async (): Promise<Container> => {
    const container = await account.container({
      indexingPolicy: {
        includedPaths: [{ path: "/*" }],
        compositeIndexes: [
          [
            { path: "/key", order: "ascending" },
            { path: "/part", order: "descending" },
          ],
        ],
      },
    });
    for (const [n, key] of values.entries()) {
      const id = `${(n * 7) % values.length}`;
      await container.items.create({
        id,
        pk: "a",
        part: n % 3,
        ...(key !== undefined && { key }),
      });
    }
    return container;
  };

  const ask = async (
    container: Container,
    query: string,
    resumeFilter?: Resume | string,
    range: Readonly<Record<string, string>> = { "x-ms-documentdb-partitionkey": '["a"]' },
  ): Promise<Row[]> => {
    const filter =
      typeof resumeFilter === "object" ? JSON.stringify(resumeFilter, asInteger) : resumeFilter;
    const resumed = filter === undefined ? "" : `,"resumeFilter":${unquoted(filter)}`;
    const path = `dbs/${account.database.id}/colls/${container.id}/docs`;
    const rows: Row[] = [];
    let continuation: string | undefined;
    do {
      const answer = await send(account.emulated, {
        method: "POST",
        path,
        headers: {
          "content-type": "application/query+json",
          "x-ms-max-item-count": "4",
          ...range,
          ...(continuation !== undefined && { "x-ms-continuation": continuation }),
        },
        body: `{"query":${JSON.stringify(query)}${resumed}}`,
      });
      assert.equal(answer.status, 200, answer.body);
      rows.push(...(JSON.parse(answer.body) as { Documents: Row[] }).Documents);
      continuation = answer.headers["x-ms-continuation"];
    } while (continuation !== undefined);
    return rows;
  };

  for (const order of ["c.key", "c.key DESC", "c.key, c.part DESC", "c.key DESC, c.part"]) {
    test(`ORDER BY ${order}: from each of its results on`, async () => {
      const container = await filled();
      const query = `SELECT c.id, c._rid, c.key, c.part FROM c ORDER BY ${order}`;
      const keysOf = (row: Row & { part?: unknown }): readonly unknown[] =>
        order.includes("part") ? [row.key, row.part] : [row.key];
      const all = await ask(container, query);
      assert.equal(all.length, values.length);
      const ids = (rows: readonly Row[]): string[] => rows.map(({ id }) => id);
      for (const [n, row] of all.entries()) {
        const value = keysOf(row).map(resumeValue);
        const { _rid: rid } = row;
        const from = await ask(container, query, { value, rid, exclude: false });
        assert.deepEqual(ids(from), ids(all.slice(n)));
        const behind = await ask(container, query, { value, rid, exclude: true });
        assert.deepEqual(ids(behind), ids(all.slice(n + 1)));
        const same = (other: Row): boolean => isDeepStrictEqual(keysOf(other), keysOf(row));
        const first = all.findIndex(same);
        const last = all.findLastIndex(same);
        assert.deepEqual(ids(await ask(container, query, { value })), ids(all.slice(first)));
        const after = await ask(container, query, { value, exclude: true });
        assert.deepEqual(ids(after), ids(all.slice(last + 1)));
      }
    });
  }

  test("equal keys come in the order of creation, or against it, whatever serves them", async () => {
    const container = await account.container();
    const created = ["d", "b", "e", "a", "c"];
    for (const id of created) await container.items.create({ id, pk: "a", key: 1 });
    for (const id of created) await container.items.create({ id: `${id}-none`, pk: "a" });
    const ranges = await container.readPartitionKeyRanges().fetchAll();
    const read = await container.item("a", "a").read();
    const range = String(read.headers["x-ms-documentdb-partitionkeyrangeid"]);
    assert.ok(ranges.resources.some(({ id }) => id === range));
    const bySlot = { "x-ms-documentdb-partitionkeyrangeid": range };
    const ids = [...created.map((id) => `${id}-none`), ...created];
    for (const served of [undefined, bySlot]) {
      const up = await ask(container, "SELECT c.id FROM c ORDER BY c.key", undefined, served);
      assert.deepEqual(
        up.map(({ id }) => id),
        ids,
      );
      const down = await ask(
        container,
        "SELECT c.id FROM c ORDER BY c.key DESC",
        undefined,
        served,
      );
      assert.deepEqual(
        down.map(({ id }) => id),
        ids.toReversed(),
      );
    }
  });

  test("the place of a token and that of the filter count, whichever is further", async () => {
    const container = await filled();
    const query = "SELECT c.id, c._rid, c.key FROM c ORDER BY c.key, c.part DESC";
    const path = `dbs/${account.database.id}/colls/${container.id}/docs`;
    const page = async (
      continuation?: string,
      filter?: Resume,
    ): Promise<[Row[], string | undefined]> => {
      const answer = await send(account.emulated, {
        method: "POST",
        path,
        headers: {
          "content-type": "application/query+json",
          "x-ms-documentdb-partitionkey": '["a"]',
          "x-ms-max-item-count": "4",
          ...(continuation !== undefined && { "x-ms-continuation": continuation }),
        },
        body: JSON.stringify({ query, ...(filter && { resumeFilter: filter }) }),
      });
      const { Documents: rows } = JSON.parse(answer.body) as { Documents: Row[] };
      return [rows, answer.headers["x-ms-continuation"]];
    };
    const all = await ask(container, query);
    const ids = (rows: readonly Row[]): string[] => rows.map(({ id }) => id);
    const [, token] = await page();
    const numbered = all.findIndex(({ key }) => key === 1);
    assert.ok(numbered > 4);
    const [further] = await page(token, { value: [1, 99] });
    assert.deepEqual(ids(further), ids(all.slice(numbered, numbered + 4)));
    const [behind] = await page(token, { value: [[], 99] });
    assert.deepEqual(ids(behind), ids(all.slice(4, 8)));
  });

  for (const [what, query] of [
    ["with a condition", "SELECT VALUE c.v FROM c WHERE c.kind = 'x' ORDER BY c.v"],
    ["by several properties", "SELECT VALUE c.v FROM c ORDER BY c.kind, c.v"],
    ["with TOP", "SELECT TOP 8 VALUE c.v FROM c ORDER BY c.v"],
    ["with OFFSET and LIMIT", "SELECT VALUE c.v FROM c ORDER BY c.v OFFSET 0 LIMIT 8"],
    ["of items inside documents", "SELECT VALUE c.v FROM c JOIN i IN c.items ORDER BY c.kind, c.v"],
  ] as const) {
    test(`pages ${what} neither repeat nor leave out, whatever is written meanwhile`, async () => {
      const container = await account.container({
        indexingPolicy: {
          includedPaths: [{ path: "/*" }],
          compositeIndexes: [[{ path: "/kind" }, { path: "/v" }] as never],
        },
      });
      const items = query.includes("JOIN") ? [1, 2, 3] : [1];
      const put = (v: number): Promise<unknown> =>
        container.items.create({ id: `${v}`, pk: "a", kind: "x", v, items });
      for (const v of [2, 4, 6, 8, 10, 12]) await put(v);
      const iterator = container.items.query<number>(query, { partitionKey: "a", maxItemCount: 2 });
      const found: number[] = [...(await iterator.fetchNext()).resources];
      await container.item("2", "a").delete();
      await put(1);
      await put(7);
      while (iterator.hasMoreResults()) {
        const { resources } = await iterator.fetchNext();
        found.push(...((resources as number[] | undefined) ?? []));
      }
      const expected = query.includes("JOIN") ? [2, 2] : [2];
      for (const v of [4, 6, 7, 8, 10, 12]) expected.push(...items.map(() => v));
      const isLimited = query.includes("TOP") || query.includes("LIMIT");
      assert.deepEqual(found, isLimited ? expected.slice(0, 8) : expected);
    });
  }

  test("a resumeFilter that is none is 400", async () => {
    const container = await filled();
    const path = `dbs/${account.database.id}/colls/${container.id}/docs`;
    const headers = {
      "content-type": "application/query+json",
      "x-ms-documentdb-partitionkey": '["a"]',
    };
    const ordered = "SELECT * FROM c ORDER BY c.key";
    for (const [query, resumeFilter] of [
      [ordered, "5"],
      [ordered, "[]"],
      [ordered, "{}"],
      [ordered, '{"value":[]}'],
      [ordered, '{"value":[1,2]}'],
      [ordered, '{"value":[[1]]}'],
      [ordered, '{"value":[{"type":"array","low":1}]}'],
      [ordered, '{"value":[{"type":"array","low":1.5,"high":2}]}'],
      [ordered, '{"value":[{"type":"text","low":1,"high":2}]}'],
      [ordered, '{"value":[1],"exclude":1}'],
      [ordered, '{"value":[1],"rid":5}'],
      [ordered, '{"value":[1],"rid":"AAAA"}'],
      ["SELECT * FROM c", '{"value":[1]}'],
    ] as const) {
      const body = `{"query":"${query}","resumeFilter":${resumeFilter}}`;
      const answer = await send(account.emulated, { method: "POST", path, headers, body });
      assert.equal(answer.status, 400, `${query} ${resumeFilter}`);
    }
    const none = { query: ordered, parameters: [], resumeFilter: null };
    const body = JSON.stringify(none);
    const answer = await send(account.emulated, { method: "POST", path, headers, body });
    assert.equal(answer.status, 200);
  });

  test("the JavaScript client goes on with it too, over all ranges", async () => {
    const container = await account.container();
    for (let n = 0; n < 30; n += 1) {
      await container.items.create({ id: `${(n * 7) % 30}`, pk: `key-${n % 9}`, n: n % 4 });
    }
    const query = "SELECT c.id, c.n FROM c ORDER BY c.n DESC";
    const found: { id: string; n: number }[] = [];
    let continuationToken: string | undefined;
    do {
      const page: { resources: { id: string; n: number }[]; continuationToken?: string } =
        await container.items
          .query<{ id: string; n: number }>(query, {
            enableQueryControl: true,
            maxItemCount: 4,
            ...(continuationToken !== undefined && { continuationToken }),
          })
          .fetchNext();
      found.push(...page.resources);
      ({ continuationToken } = page);
    } while (continuationToken !== undefined);
    assert.equal(new Set(found.map(({ id }) => id)).size, 30);
    assert.equal(found.length, 30);
    assert.deepEqual(
      found.map(({ n }) => n),
      found.map(({ n }) => n).toSorted((left, right) => right - left),
    );
    assert.equal((await refusal(container.item("x", "y").delete())).status, 404);
  });
});

/** A key as the client writes it: arrays and objects by their hash, undefined as []. */
function resumeValue(key: unknown): unknown {
  if (key === undefined) return [];
  if (typeof key !== "object" || key === null) return key;
  const [low, high] = distinctHash(key as Parameters<typeof distinctHash>[0]).map((half) =>
    BigInt.asIntN(64, half),
  );
  return { type: Array.isArray(key) ? "array" : "object", low, high };
}

/** JSON.stringify knows no integers of this size: they go through it as marked texts. */
const asInteger = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? `integer ${value}` : value;
const unquoted = (json: string): string => json.replace(/"integer (-?\d+)"/g, "$1");
