/** The admin app beside the real Saldo: people at browsers, Event Grid between, and money that moves or does not. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { byClientCredentials } from "../../admin/saldo/access-tokens.ts";
import { type AdminOptions, startAdmin } from "../../admin/server.ts";
import { approversFrom } from "../../admin/sign-in/approvers.ts";
import { subscribeAdmin } from "../../infra/subscribe.ts";
import { localKeys } from "../../scripts/local-azure.ts";
import { localClients, localScopes } from "../../scripts/local-identity.ts";
import { topicName } from "../../src/subscriptions.ts";
import { signIn } from "../admin/support/approver.ts";
import { signInOn } from "../admin/support/sign-in-page.ts";
import { openWindow } from "../support/browser-pages.ts";
import { findChromium } from "../support/chromium.ts";
import { type Json, somebody } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem, temporaryDirectory } from "../support/local-system.ts";
import { manage } from "../support/subscriber.ts";
import { assertConserved, happenings, refusalOf, transfersOf } from "../support/transfers.ts";

const system = await startLocalSystem();
const { client, control, functionsUrl, eventGridUrl, controlUrl } = system;
const transfers = transfersOf(client);
const admin = { url: system.adminUrl };

type Email = `${string}@${string}`;

async function accountOf(name: string, amount: string, email: Email = somebody): Promise<string> {
  const owner = client.as(email);
  const opened = await owner.post("/accounts", { name, email, currency: "EUR" });
  const accountId = String(opened.body["resource"]).replace("/api/accounts/", "");
  if (Number(amount) > 0) await owner.post(`/accounts/${accountId}/loads`, { amount });
  return accountId;
}

const available = async (id: string): Promise<unknown> => (await client.balance(id))["available"];

const found = await findChromium();

describe("In a browser", { skip: "missing" in found ? found.missing : false }, () => {
  let launched: Promise<Browser> | undefined;
  after(async () => {
    await (await launched)?.close();
  });

  /** Somebody's window, signed in; `isDeaf`: nothing is pushed to it, so that it stays as it is. */
  const windowOf = async (
    context: TestContext,
    who: "grace" | "alan" | "edsger",
    { isDeaf = false } = {},
  ): Promise<Page> => {
    if (!("launch" in found)) throw new Error(found.missing);
    const { page, close, complaints } = await openWindow(await (launched ??= found.launch()));
    context.after(async () => {
      await close();
      assert.deepEqual(complaints, []);
    });
    if (isDeaf) await page.route("**/api/live*", (route) => route.abort());
    await signInOn(page, admin, who);
    return page;
  };

  test("a large transfer appears by itself, is approved with a reason, and the money arrives", async (context) => {
    const [from, to] = [await accountOf("Ada", "3000.00"), await accountOf("Bob", "0")];
    const page = await windowOf(context, "grace");
    await page.getByText("Nothing is waiting.").waitFor();
    await page.evaluate("window.isSamePage = true");
    const transferId = await transfers.request(from, to, "2500.00", { note: "a car" });
    await page.getByRole("row", { name: "2,500.00 EUR from Ada to Bob" }).waitFor();
    assert.equal(await page.evaluate("window.isSamePage"), true);
    assert.deepEqual([await available(from), await available(to)], ["500.00", "0.00"]);

    await page.getByRole("link", { name: "2,500.00 EUR" }).click();
    await page.getByLabel("Reason for approving").fill("known to us");
    await page.getByRole("button", { name: "Approve" }).click();
    await page
      .locator("#outcome", { hasText: "You approved it: 2,500.00 EUR goes to Bob" })
      .waitFor();
    await page.locator("li[data-what=settled]", { hasText: "Arrived" }).waitFor();
    assert.deepEqual([await available(from), await available(to)], ["500.00", "2500.00"]);
    const { history } = await transfers.show(transferId);
    assert.deepEqual(
      history.map(({ what, by, reason }) => [what, by, reason]),
      [
        ["approval_requested", `account:${from}`, undefined],
        ["approved", "approver", "known to us"],
        ["settled", "process:transfer", undefined],
      ],
    );
    await page.goto(admin.url);
    await page.getByText("Nothing is waiting.").waitFor();
  });

  test("of two who decide at once one wins; both are told who, and so is whoever looks on", async (context) => {
    const [from, to] = [await accountOf("Ada", "9000.00"), await accountOf("Bob", "0")];
    const grace = await windowOf(context, "grace", { isDeaf: true });
    const alan = await windowOf(context, "alan", { isDeaf: true });
    const onlooker = await windowOf(context, "edsger");
    for (let round = 1; round <= 3; round += 1) {
      const transferId = await transfers.request(from, to, "1000.00", { note: `round ${round}` });
      const pages = [grace, alan, onlooker];
      await onlooker.goto(admin.url);
      await onlooker.getByRole("row", { name: `round ${round}` }).waitFor();
      await Promise.all(pages.map((page) => page.goto(`${admin.url}/transfers/${transferId}`)));
      await alan.getByLabel("Reason for denying").fill("not known to me");
      await Promise.all([
        grace.getByRole("button", { name: "Approve" }).click(),
        alan.getByRole("button", { name: "Deny" }).click(),
      ]);
      const outcomes = await Promise.all(
        [grace, alan].map(async (page) => {
          const outcome = page.locator("#outcome[data-outcome]:not([data-outcome=sending])");
          await outcome.waitFor();
          return [await outcome.getAttribute("data-outcome"), await outcome.innerText()] as const;
        }),
      );
      const { history } = await transfers.show(transferId);
      const decisions = history.filter(({ what }) => what === "approved" || what === "denied");
      assert.equal(decisions.length, 1);
      const isApproved = decisions[0]?.what === "approved";
      context.diagnostic(`round ${round}: ${decisions[0]?.what ?? "nobody"}`);
      const [winner, loser] = isApproved ? outcomes : outcomes.toReversed();
      assert.equal(winner?.[0], isApproved ? "approved" : "denied");
      assert.equal(loser?.[0], "too_late");
      const deed = isApproved ? "Grace approved it" : "Alan denied it";
      assert.match(loser[1], new RegExp(deed));
      await onlooker.getByRole("region", { name: "Decision" }).getByText(deed).waitFor();
      await transfers.until(transferId, isApproved ? "settled" : "denied");
    }
    await assertConserved(client);
  });

  test("nobody decides about their own transfer, whatever way they ask", async (context) => {
    const email = "grace@bank.example";
    const from = await accountOf("Grace", "5000.00", email);
    const to = await accountOf("Bob", "0");
    const page = await windowOf(context, "grace");
    const transferId = await transfersOf(client.as(email)).request(from, to, "2000.00");
    await page.getByRole("link", { name: "2,000.00 EUR" }).click();
    await page.getByText("This may be your own transfer").waitFor();
    await page.getByRole("button", { name: "Approve" }).click();
    await page.locator("#outcome", { hasText: "You send or receive this transfer" }).waitFor();
    const byScript = await signIn(admin, "grace");
    const refused = await byScript.send("POST", `/api/transfers/${transferId}/approval`, {});
    assert.equal(refused.body["outcome"], "own_transfer");
    const verdict = { approver: email };
    assert.equal(refusalOf(await transfers.approve(transferId, verdict)), "approver_is_party");
    assert.deepEqual(await available(to), "0.00");

    const alan = await windowOf(context, "alan");
    await alan.goto(`${admin.url}/transfers/${transferId}`);
    await alan.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("region", { name: "Decision" }).getByText("Alan approved it").waitFor();
    await transfersOf(client.as(email)).until(transferId, "settled");
    assert.equal(await available(to), "2000.00");
  });
});

describe("an admin app that is down", () => {
  const options = async (): Promise<AdminOptions> => ({
    port: 0,
    file: join(temporaryDirectory(), "admin.sqlite"),
    saldoUrl: functionsUrl,
    tokens: byClientCredentials({
      issuer: system.identityUrl,
      clientId: localClients.admin.id,
      clientSecret: localClients.admin.secret,
      scope: localScopes.app,
    }),
    webhookKey: localKeys.adminWebhook,
    approvers: approversFrom(
      await readFile(new URL("../../admin/approvers.sample.json", import.meta.url), "utf8"),
    ),
    writeLog: () => undefined, // what it has to say about being stopped is no news
  });

  test("has caught up soon after it is back, and events that come late change nothing", async (context) => {
    const settings = await options();
    let running = await startAdmin(settings);
    context.after(() => running.close());
    const { url } = running;
    const name = "admin-that-goes-down";
    const create = async (topic: string, _: string, definition: object): Promise<void> => {
      assert.equal(topic, topicName);
      await manage(eventGridUrl, "PUT", name, definition);
    };
    await subscribeAdmin(create, { adminUrl: url, webhookKey: localKeys.adminWebhook });
    const [from, to] = [await accountOf("Ada", "9000.00"), await accountOf("Bob", "0")];
    const seenBefore = await transfers.request(from, to, "1001.00");
    const statusOf = async (id: string): Promise<unknown> =>
      (await (await signIn({ url }, "alan")).get(`/api/transfers/${id}`)).body["status"];
    await eventually("the first is seen", async () => (await statusOf(seenBefore)) === "waiting");

    await running.close();
    // So late that whatever it knows until then it has asked for itself.
    const late = { kind: "delay", ms: 1_800_000 } as const;
    await control.eventRule({ match: { subscription: name }, effect: late });
    const missed = await transfers.request(from, to, "1002.00");
    const missedAndDenied = await transfers.request(from, to, "1003.00");
    await transfers.deny(missedAndDenied);
    await transfers.approve(seenBefore);
    await transfers.until(seenBefore, "settled");
    running = await startAdmin({ ...settings, port: Number(new URL(url).port) });

    const alan = await signIn({ url }, "alan");
    const waiting = async (): Promise<readonly unknown[]> => {
      const { body } = await alan.get("/api/transfers?status=waiting");
      return (body["items"] as Json[]).map(({ transferId }) => transferId);
    };
    const isCaughtUp = async (): Promise<boolean> =>
      (await statusOf(seenBefore)) === "settled" && (await statusOf(missed)) === "waiting";
    await eventually("it has caught up", isCaughtUp);
    assert.deepEqual(await waiting(), [missed]);
    const approved = await alan.send("POST", `/api/transfers/${missed}/approval`, {});
    assert.equal(approved.body["outcome"], "approved");
    await transfers.until(missed, "settled");

    await eventually("all events have been delivered", async () => {
      await control.advanceClock(60_000); // Event Grid waits between its attempts
      const answer = await fetch(`${controlUrl}/event-grid/subscriptions`);
      const { subscriptions } = (await answer.json()) as { subscriptions: Delivery[] };
      return subscriptions.find((each) => each.name === name)?.counts.waiting === 0;
    });
    assert.deepEqual(await waiting(), []);
    const statuses = await Promise.all([seenBefore, missed, missedAndDenied].map(statusOf));
    assert.deepEqual(statuses, ["settled", "settled", "denied"]);
    assert.deepEqual(happenings(await transfers.show(missed)), [
      "approval_requested",
      "approved",
      "settled",
    ]);
    await assertConserved(client);
  });
});

type Delivery = { readonly name: string; readonly counts: { readonly waiting: number } };
