import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  effectivePartitionKey,
  type PartitionKeyComponent,
} from "../../../emulator/cosmos/partitioning/effective-partition-key.ts";
import { bulk, emulatorOnly, partitionKeyV2, useAccount } from "./support.ts";

type Identified = { readonly id: string };

describe("Partition key ranges", () => {
  const account = useAccount();

  test("cover the hash space without gaps", async () => {
    const container = await account.container();
    const { resources } = await container.readPartitionKeyRanges().fetchAll();
    const sorted = resources.toSorted((a, b) => (a.minInclusive < b.minInclusive ? -1 : 1));
    assert.equal(sorted[0]?.minInclusive, "");
    assert.equal(sorted.at(-1)?.maxExclusive, "FF");
    for (const [index, range] of sorted.slice(1).entries()) {
      assert.equal(range.minInclusive, sorted[index]?.maxExclusive);
    }
  });

  test("move their own sequence of LSNs, told by session tokens", async () => {
    const container = await account.container();
    const lsns = new Map<string, number>();
    for (let n = 0; n < 30; n += 1) {
      const { headers } = await container.items.create({ id: "1", pk: `key-${n}` });
      const token = String((headers as Record<string, string>)["x-ms-session-token"]);
      const [range = "", rest = ""] = token.split(":");
      const lsn = Number(rest.split("#")[1]);
      assert.ok(lsn > (lsns.get(range) ?? 0));
      lsns.set(range, lsn);
    }
  });

  test("hold documents whose partition key is missing, null or of any scalar type", async () => {
    const container = await account.container();
    const keys = [undefined, null, true, false, 0, -1.5, "", "text"];
    for (const [index, pk] of keys.entries()) {
      await container.items.create({ id: String(index), ...(pk !== undefined && { pk }) } as never);
    }
    for (const [index, pk] of keys.entries()) {
      const { resource } = await container.item(String(index), pk).read<Identified>();
      assert.equal(resource?.id, String(index));
    }
  });

  test("find documents by nested and by hierarchical keys", async () => {
    const nested = await account.container({ partitionKey: partitionKeyV2("/owner/name") });
    await nested.items.create({ id: "1", owner: { name: "x" } });
    assert.equal((await nested.item("1", "x").read<Identified>()).resource?.id, "1");
    const levels = await account.container({ partitionKey: partitionKeyV2("/a", "/b", "/c") });
    await levels.items.create({ id: "1", a: "x", b: 2, c: true });
    assert.equal((await levels.item("1", ["x", 2, true]).read<Identified>()).resource?.id, "1");
    assert.equal((await levels.item("1", ["x", 2, false]).read()).statusCode, 404);
  });
});

describe("Ranges of an emulated account", { skip: emulatorOnly }, () => {
  const account = useAccount({ partitionCount: 7 });

  test("are as many as the emulator was told to make", async () => {
    const container = await account.container();
    assert.equal((await container.getFeedRanges()).length, 7);
    const results = await bulk(
      container,
      Array.from({ length: 70 }, (_, n) => ({
        operationType: "Create",
        resourceBody: { id: "1", pk: `key-${n}` },
      })),
    );
    assert.ok(results.every(({ statusCode }) => statusCode === 201));
  });
});

describe("Effective partition keys", () => {
  test("are those that the SDK computes", () => {
    const v2 = new Map<PartitionKeyComponent, string>([
      ["s1", "2924A879AFFF52A411F93F1A83532751"],
      ["", "32E9366E637A71B4E710384B2F4970A0"],
      [5, "19C08621B135968252FB34B4CF66F811"],
      [-1.5, "151793206780805FF6E1DCAE6C787B6A"],
      [true, "0E711127C5B5A8E4726AC6DD306A3E59"],
      [null, "378867E4430E67857ACE5C908374FE16"],
      [undefined, "11622DAA78F835834610ABE56EFF5CB5"],
      ["x".repeat(77), "0F2F5F39B22B44549C104FA5F2E13720"],
    ]);
    for (const [component, expected] of v2) {
      assert.equal(effectivePartitionKey([component], "v2"), expected);
    }
    assert.equal(effectivePartitionKey(["s1"], "v1"), "05C1C16B81835808743200");
    assert.equal(effectivePartitionKey([5], "v1"), "05C1D9C1C5517C05C014");
    assert.equal(effectivePartitionKey([null], "v1"), "05C1ED45D7475601");
    assert.equal(
      effectivePartitionKey(["T1", "S1"], "multi-hash"),
      "0F13C1AF0B30A3C5DD987C64E0DF8B470516EFF66479F01122D0EC4A47AC8DE5",
    );
  });
});
