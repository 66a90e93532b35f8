/** A container as the stages see it, over the real protocol: an operation means the same alone and among others. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, describe, test } from "node:test";
import type { FaultEffect, FaultOperation } from "../../../emulator/cosmos/faults.ts";
import { startLocalServices } from "../../../scripts/local-azure.ts";
import { documentsIn } from "../../../src/platform/cosmos/container.ts";
import type { Documents } from "../../../src/platform/cosmos/documents.ts";
import { DocumentRefused } from "../../../src/platform/cosmos/failures.ts";
import { PlatformFault } from "../../../src/platform/platform-fault.ts";
import { controlOf } from "../../support/control.ts";
import { anyPorts, temporaryDirectory } from "../../support/local-system.ts";
import { storedAt } from "../../support/stored.ts";

type Note = { readonly id: string; readonly text: string };

const options = { directory: temporaryDirectory(), ...anyPorts };
const cosmos = await startLocalServices({ ...options, partitionCount: 2 });
const control = controlOf(cosmos.controlUrl);
const stored = storedAt(cosmos.cosmosUrl);
const container = stored.container("accounts");
const documents = documentsIn<Note>(() => Promise.resolve(container));
afterEach(() => control.clear());
after(async () => {
  stored.close();
  await cosmos.close();
});

const note = (text = "one"): Note => ({ id: randomUUID(), text });

/** What travels in the same turn as the operation under test, of the same and of the other partition. */
const companions = (count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, (_, index) => documents.read(`c${index}`, "none")));

async function fail(
  operation: FaultOperation,
  effect: FaultEffect,
  { company, act }: { company: number; act: (target: Note) => Promise<unknown> },
): Promise<unknown> {
  const target = note();
  if (operation !== "create") await documents.create(target.id, target);
  await control.fault({ match: { operation, documentId: target.id }, effect });
  const [end] = await Promise.allSettled([act(target), companions(company)]);
  assert.equal(end.status, "rejected");
  return end.reason;
}

const operations: readonly [FaultOperation, (target: Note) => Promise<unknown>][] = [
  ["create", (target) => documents.create(target.id, target)],
  ["read", ({ id }) => documents.read(id, id)],
  ["upsert", (target) => documents.upsert(target.id, target)],
  ["delete", ({ id }) => documents.remove(id, id)],
];

for (const [company, alone] of [
  [0, "alone"],
  [8, "among others"],
] as const)
  describe(`an operation ${alone}`, () => {
    const withCompany = async <Result>(act: Promise<Result>): Promise<Result> =>
      (await Promise.all([act, companions(company)]))[0];

    test("creates what is not there yet", async () => {
      const first = note();
      assert.ok(await withCompany(documents.create(first.id, first)));
      const second = { ...first, text: "two" };
      assert.equal(await withCompany(documents.create(second.id, second)), undefined);
      const found = await withCompany(documents.read(first.id, first.id));
      assert.equal(found?.document.text, "one");
    });

    test("replaces only what is still as it was seen", async () => {
      const first = note();
      const etag = (await withCompany(documents.create(first.id, first))) ?? "";
      const second = { ...first, text: "two" };
      const next = await withCompany(documents.replace(first.id, second, etag));
      assert.ok(next !== undefined && next !== etag);
      const third = { ...first, text: "three" };
      assert.equal(await withCompany(documents.replace(first.id, third, etag)), undefined);
      const found = await withCompany(documents.read(first.id, first.id));
      assert.deepEqual([found?.document.text, found?.etag], ["two", next]);
    });

    test("finds, replaces and removes nothing where nothing is", async () => {
      const { id } = note();
      assert.equal(await withCompany(documents.read(id, id)), undefined);
      assert.equal(await withCompany(documents.replace(id, { id, text: "" }, '"0"')), undefined);
      assert.equal(await withCompany(documents.remove(id, id)), false);
    });

    test("removes what is there, or only what is still as it was seen", async () => {
      const first = note();
      const etag = await documents.create(first.id, first);
      await documents.upsert(first.id, { ...first, text: "two" });
      assert.equal(await withCompany(documents.remove(first.id, first.id, etag)), false);
      assert.equal(await withCompany(documents.remove(first.id, first.id)), true);
      assert.equal(await withCompany(documents.remove(first.id, first.id)), false);
    });

    for (const [operation, act] of operations) {
      const isStoring = operation === "create" || operation === "upsert";
      for (const [status, substatus] of isStoring
        ? ([
            [413, 0],
            [403, 1014],
          ] as const)
        : [])
        test(`to ${operation} is refused for good with ${status}/${substatus}`, async () => {
          const effect = { kind: "status", status, substatus } as const;
          const error = await fail(operation, effect, { company, act });
          assert.ok(error instanceof DocumentRefused, String(error));
        });

      test(`to ${operation} is the platform's fault with 429, which says when to try again`, async () => {
        const effect = { kind: "status", status: 429, substatus: 3200, retryAfterMs: 7 } as const;
        const error = await fail(operation, effect, { company, act });
        assert.ok(error instanceof PlatformFault, String(error));
        assert.equal(error.retryAfterMs, 7);
      });

      for (const status of [403, 408, 410, 449, 500, 503])
        test(`to ${operation} is the platform's fault with ${status}`, async () => {
          const error = await fail(operation, { kind: "status", status }, { company, act });
          assert.ok(error instanceof PlatformFault, String(error));
        });
    }

    test("whose reply is lost is the platform's fault, though it was done", async () => {
      const act = (target: Note): Promise<unknown> => documents.create(target.id, target);
      let created = "";
      const error = await fail(
        "create",
        { kind: "drop_reply" },
        {
          company,
          act: (target) => {
            created = target.id;
            return act(target);
          },
        },
      );
      assert.ok(error instanceof PlatformFault, String(error));
      await control.clear();
      assert.ok(await documents.read(created, created));
    });
  });

describe("a text that looks like a date", () => {
  const text = "2026-05-01T10:00:00+02:00";
  const asStored = async (id: string): Promise<unknown> => {
    const { resource } = await container.item(id, id).read<Note & { escaped?: true }>();
    return [resource?.text, resource?.escaped];
  };
  const shown = async (id: string): Promise<unknown> =>
    (await documents.read(id, id))?.document.text;

  for (const [how, write] of [
    ["created", (target: Note) => documents.create(target.id, target)],
    ["upserted", (target: Note) => documents.upsert(target.id, target)],
    [
      "created in a transaction",
      ({ id, text }: Note) => documents.transact(id, [{ kind: "create", document: { id, text } }]),
    ],
    [
      "replaced",
      async (target: Note) => {
        const etag = await documents.create(target.id, { ...target, text: "~ plain" });
        await documents.replace(target.id, target, etag ?? "");
      },
    ],
  ] as const)
    test(`is stored so that the host leaves it alone, and read as it was, when it is ${how}`, async () => {
      const target = note(text);
      await write(target);
      assert.deepEqual(await asStored(target.id), [`~${text}`, true]);
      assert.equal(await shown(target.id), text);
    });

  test("is as it was in the answer of a query, beside documents without one", async () => {
    const [like, plain, instant] = [note(text), note("~"), note("2026-05-01T10:00:00.990Z")];
    for (const each of [like, plain, instant]) await documents.create(each.id, each);
    const found = await documents.query<Note>({
      text: "SELECT * FROM c WHERE ARRAY_CONTAINS(@ids, c.id)",
      parameters: { ids: [like.id, plain.id, instant.id] },
    });
    const texts = new Map(found.map((each) => [each.id, each.text]));
    for (const each of [like, plain, instant]) assert.equal(texts.get(each.id), each.text);
    assert.ok(found.every((each) => !("escaped" in each)));
    assert.deepEqual(await asStored(plain.id), ["~", undefined]);
    assert.deepEqual(await asStored(instant.id), [instant.text, undefined]);
  });
});

describe("a transaction", () => {
  const letters: Documents<Note & { lane: string }> = documentsIn(() =>
    Promise.resolve(stored.container("deadLetters")),
  );
  const letter = (lane: string): Note & { lane: string } => ({ ...note(), lane });

  test("writes all, or nothing if an id is taken", async () => {
    const lane = randomUUID();
    const [first, second] = [letter(lane), letter(lane)];
    const create = (document: Note & { lane: string }) => ({ kind: "create", document }) as const;
    assert.equal(await letters.transact(lane, [create(first)]), true);
    assert.equal(await letters.transact(lane, [create(second), create(first)]), false);
    assert.equal(await letters.read(lane, second.id), undefined);
    const changed = { ...first, text: "two" };
    const writes = [{ kind: "upsert", document: changed } as const, create(second)];
    assert.equal(await letters.transact(lane, writes), true);
    assert.equal((await letters.read(lane, first.id))?.document.text, "two");
    assert.equal((await letters.read(lane, second.id))?.document.text, "one");
  });

  test("is refused for good, or the platform's fault, like any of its writes", async () => {
    const lane = randomUUID();
    for (const [status, kind] of [
      [413, DocumentRefused],
      [503, PlatformFault],
      [429, PlatformFault],
    ] as const) {
      const document = letter(lane);
      const match = { operation: "create", documentId: document.id } as const;
      await control.fault({ match, effect: { kind: "status", status, retryAfterMs: 1 } });
      await assert.rejects(letters.transact(lane, [{ kind: "create", document }]), kind);
    }
  });
});
