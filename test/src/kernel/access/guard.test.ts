/** Whose an account is, and what the guard of a door makes of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type CallerHandler, guardOf } from "../../../../src/kernel/access/guard.ts";
import { checkApprover } from "../../../../src/kernel/access/in-whose-name.ts";
import { ownersIn } from "../../../../src/modules/account/owners.ts";
import { openingIdOf } from "../../../../src/modules/account/command-ids.ts";
import { Refusal } from "../../../../src/kernel/access/refusals.ts";
import { walletResources } from "../../../../src/modules/account/resource.ts";
import { reachOf } from "../../../../src/kernel/access/rules.ts";
import { type Action, guardedEndpoints } from "../../../../src/modules/endpoints.ts";
import type { CommandDocument } from "../../../../src/kernel/messages/command.ts";
import type { HttpResponse } from "../../../../src/platform/http/exchange.ts";
import { json } from "../../../../src/platform/http/exchange.ts";
import { withProblems } from "../../../../src/platform/http/problem.ts";
import type { Caller, Role } from "../../../../src/platform/identity/caller.ts";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import { requestOf } from "./support.ts";

const adas = "a".repeat(16);
const bobs = "b".repeat(16);
const nobodys = "0".repeat(16);
const adasTransfer = `${adas}-${"t".repeat(20)}`;

const person = (subject: string, ...more: Role[]): Caller => ({
  subject,
  client: "mobile",
  roles: ["customer", ...more],
});

const handler: CallerHandler = (_, __, caller) =>
  Promise.resolve(json(200, { for: caller.subject }));

function answerTo(caller: Caller, action: Action, params: Record<string, string>) {
  const guard = guardOf({
    identify: () => Promise.resolve(caller),
    resourceOf: walletResources({
      ownerOf: (accountId) =>
        Promise.resolve(
          accountId === adas
            ? { subject: "ada" }
            : accountId === bobs
              ? { subject: "bob" }
              : undefined,
        ),
      receiverOf: (id) => Promise.resolve(id === adasTransfer ? bobs : undefined),
    }),
  });
  const door = withProblems(guard(guardedEndpoints[action].access, handler));
  return door(requestOf(params), { error: () => assert.fail("nothing is wrong") });
}

const codeIn = ({ body }: HttpResponse): unknown => (JSON.parse(body) as { code?: unknown }).code;

describe("the guard of a door", () => {
  it("lets owners in, and tells the handler who asks", async () => {
    const { status, body } = await answerTo(person("ada"), "loadCredits", { accountId: adas });
    assert.deepEqual([status, JSON.parse(body)], [200, { for: "ada" }]);
  });

  it("answers about another's account word for word as about none", async () => {
    for (const action of ["loadCredits", "showAccount", "showStatement"] as const) {
      const [others, none] = await Promise.all(
        [bobs, nobodys].map(async (accountId) => {
          const answer = await answerTo(person("ada"), action, { accountId });
          return { ...answer, body: answer.body.replaceAll(accountId, "{accountId}") };
        }),
      );
      assert.deepEqual(others, none);
      assert.equal(others?.status, 404);
    }
  });

  it("lets both sides of a transfer look at it, and the sender alone cancel it", async () => {
    const params = { transferId: adasTransfer };
    for (const [who, status] of [
      ["ada", 200],
      ["bob", 200],
      ["eve", 404],
    ] as const)
      assert.equal((await answerTo(person(who), "showTransfer", params)).status, status);
    const cancel = { accountId: adas, transferId: adasTransfer };
    assert.equal((await answerTo(person("ada"), "cancelTransfer", cancel)).status, 200);
    assert.equal((await answerTo(person("bob"), "cancelTransfer", cancel)).status, 404);
  });

  it("hides the commands of others, and of what is no account's", async () => {
    for (const stream of [`account-${bobs}`, `account-${nobodys}`, "account-", "bank-1", ""]) {
      const answer = await answerTo(person("ada"), "showCommand", { stream, commandId: "c" });
      assert.deepEqual([answer.status, codeIn(answer)], [404, "unknown_command"]);
    }
  });

  it("refuses what none of the caller's roles includes, before anything is looked up", async () => {
    const service: Caller = { subject: "app", client: "app", roles: ["operator"] };
    const answer = await answerTo(service, "loadCredits", { accountId: "not-an-account" });
    assert.deepEqual([answer.status, codeIn(answer)], [403, "forbidden"]);
    const nobody: Caller = { subject: "ada", client: "app", roles: [] };
    for (const action of Object.keys(guardedEndpoints) as Action[])
      assert.equal((await answerTo(nobody, action, { accountId: adas })).status, 403, action);
  });

  it("takes the widest of several roles", () => {
    assert.equal(reachOf(guardedEndpoints.showTransfer.access, ["customer"]), "part");
    assert.equal(reachOf(guardedEndpoints.showTransfer.access, ["customer", "approver"]), "any");
    assert.equal(
      reachOf(guardedEndpoints.showNotifications.access, ["operator", "approver", "approval-desk"]),
      undefined,
    );
  });
});

describe("the owner of an account", () => {
  const opening = (subject?: string): CommandDocument =>
    ({
      ...(subject === undefined ? {} : { subject }),
      email: "ada@example.com",
    }) as CommandDocument;

  it("is whoever stored the command that opens it, and is remembered", async () => {
    const asked: string[] = [];
    const ownerOf = ownersIn({
      read: (stream, id) => {
        asked.push(`${stream}/${id}`);
        return Promise.resolve({ document: opening("ada"), etag: "" });
      },
    });
    const expected = { subject: "ada", email: "ada@example.com" };
    assert.deepEqual([await ownerOf(adas), await ownerOf(adas)], [expected, expected]);
    assert.deepEqual(asked, [`account-${adas}/${openingIdOf(adas)}`]);
  });

  it("is not remembered to be missing, and not guessed while nobody can tell", async () => {
    const answers = [undefined, opening(), opening("ada")];
    const ownerOf = ownersIn({
      read: () => {
        const [document] = answers.splice(0, 1);
        return Promise.resolve(document && { document, etag: "" });
      },
    });
    assert.equal(await ownerOf(adas), undefined);
    assert.equal(await ownerOf(adas), undefined, "an account that nobody is known to have opened");
    assert.equal((await ownerOf(adas))?.subject, "ada");
    const away = ownersIn({ read: () => Promise.reject(new PlatformFault("away")) });
    await assert.rejects(away(adas), PlatformFault);
  });
});

describe("a decision", () => {
  const grace: Caller = { ...person("grace", "approver"), email: "Grace@Bank.example" };

  it("is made in one's own name, or by a desk in that of whoever it has signed in", () => {
    checkApprover(grace, "grace@bank.example");
    checkApprover({ subject: "app", client: "app", roles: ["approval-desk"] }, "alan@bank.example");
    const unnamed = person("grace", "approver");
    for (const [caller, named] of [
      [grace, "alan@bank.example"],
      [unnamed, "grace@bank.example"],
    ] as const)
      assert.throws(
        () => {
          checkApprover(caller, named);
        },
        (error) => error instanceof Refusal && error.code === "forbidden",
      );
  });
});
