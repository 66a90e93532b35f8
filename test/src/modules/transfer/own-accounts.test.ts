/** Which accounts of a transfer belong to whoever decides about it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Owner } from "../../../../src/modules/account/owners.ts";
import { ownAccounts } from "../../../../src/modules/transfer/own-accounts.ts";
import { Problem } from "../../../../src/platform/http/problem.ts";
import type { AccountView } from "../../../../src/modules/account/account-view.ts";
import type { TransferView } from "../../../../src/modules/transfer/transfer-view.ts";
import { memoryDocuments } from "../../../support/memory-documents.ts";

const id = "from-1";

async function given(from: { readonly email: string; readonly owner: Owner | undefined }) {
  const accounts = memoryDocuments<AccountView>();
  await accounts.create("from", { id: "from", email: from.email } as AccountView);
  await accounts.create("to", { id: "to", email: "bob@example.com" } as AccountView);
  const transfers = memoryDocuments<TransferView>();
  const transfer = { transferId: id, from: "from", to: "to" };
  await transfers.create(id, { id, transfer } as TransferView);
  const ownerOf = (accountId: string): Promise<Owner | undefined> =>
    Promise.resolve(accountId === "from" ? from.owner : undefined);
  return ownAccounts(transfers, accounts, ownerOf);
}

describe("an account belongs to who decides", () => {
  const grace = { subject: "grace", email: "grace@bank.example" };
  const other = "other@example.com";

  for (const [what, from] of [
    ["by the subject, whatever addresses there are", { email: other, owner: { subject: "grace" } }],
    [
      "by the address that the issuer told of its owner",
      { email: other, owner: { subject: "graces other app", email: "Grace@Bank.example" } },
    ],
    [
      "by the address it was opened with, where the issuer tells none",
      { email: "GRACE@bank.example", owner: { subject: "graces other app" } },
    ],
  ] as const)
    it(what, async () => {
      assert.deepEqual(await (await given(from))(id, grace), ["from"]);
    });

  it("not by an address that its owner typed and the issuer tells otherwise", async () => {
    const owner = { subject: "ada", email: "ada@example.com" };
    const own = await given({ email: "grace@bank.example", owner });
    assert.deepEqual(await own(id, grace), []);
  });

  it("in no other way", async () => {
    const owner = { subject: "ada", email: "ada@example.com" };
    const own = await given({ email: "ada@example.com", owner });
    assert.deepEqual(await own(id, grace), []);
    assert.deepEqual(await own(id, { subject: "bob", email: "bob@example.com" }), ["to"]);
  });

  it("of a transfer that has waited, and of no other", async () => {
    const own = await given({ email: other, owner: undefined });
    await assert.rejects(
      own("from-2", grace),
      (error) => error instanceof Problem && error.code === "not_found",
    );
  });
});
