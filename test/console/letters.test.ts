/** What an operator does in Chromium about messages that are damaged: each kind of them, on the whole system. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openWindow, overflowOf, violationsOn } from "../support/browser-pages.ts";
import { findChromium } from "../support/chromium.ts";
import { type Poison, poisonFor, poisonousCommand, write } from "../support/poison.ts";
import { startSystem } from "./support/given.ts";

const found = await findChromium();
const system = await startSystem();
const { client, stored, consoleUrl } = system;

describe("In a browser", { skip: "missing" in found ? found.missing : false }, () => {
  let browser: Browser;
  before(async () => {
    if ("launch" in found) browser = await found.launch();
  });
  after(() => browser.close());

  const open = async (
    test: TestContext,
    path: string,
    options?: BrowserContextOptions,
  ): Promise<Page> => {
    const { page, complaints, close } = await openWindow(browser, options);
    test.after(async () => {
      await close();
      // A refused form answers 422, of which Chromium complains.
      assert.deepEqual(
        complaints.filter((complaint) => !complaint.includes("422")),
        [],
      );
    });
    await page.goto(`${consoleUrl}${path}`);
    return page;
  };

  /** A commit with 5.00 that cannot be read, in the stream of somebody with 10.00. */
  const damaged = async (name: string): Promise<{ victim: string; poison: Poison }> => {
    const victim = await client.accountWith("10.00");
    const poison = await poisonFor(stored, `account-${victim}`, name);
    await write(stored, poison);
    return { victim, poison };
  };

  const decide = async (page: Page, lane: string): Promise<void> => {
    await page
      .getByRole("region", { name: `Lane ${lane}` })
      .getByRole("link", { name: "decide" })
      .first()
      .click();
  };

  const balanceOf = async (account: string): Promise<unknown> =>
    (await client.balance(account))["available"];

  it("a damaged commit is repaired, and what was typed is not lost when it is refused", async (test) => {
    const { victim, poison } = await damaged("a known event without its data");
    const page = await open(test, "/dead-letters");
    await decide(page, `projecting:account-${victim}`);
    await page.getByText("events.0.data.amountE4").first().waitFor();
    const repair = page.locator("form").filter({ hasText: "Handle this in its place" });
    const message = repair.getByLabel("Message (JSON)");
    assert.equal((JSON.parse(await message.inputValue()) as { number: number }).number, 3);

    await message.fill('{"events": [');
    await repair.getByLabel("Reason").fill("A restored backup");
    await repair.getByRole("button", { name: "Repair" }).click();
    await page.getByRole("status").filter({ hasText: "The message cannot be read" }).waitFor();
    assert.equal(await message.inputValue(), '{"events": [');
    assert.equal(await repair.getByLabel("Reason").inputValue(), "A restored backup");

    const { events, outcomes } = poison.good as { events: object[]; outcomes: object[] };
    const wrong = JSON.stringify({ events, outcomes }).replace('"amountE4":50000', '"amountE4":7');
    await message.fill(wrong);
    await repair.getByRole("button", { name: "Repair" }).click();
    await page.getByRole("status").filter({ hasText: "It would not add up" }).waitFor();
    assert.equal(await message.inputValue(), wrong);

    await message.fill(JSON.stringify({ events, outcomes }, null, 2));
    await repair.getByRole("button", { name: "Repair" }).click();
    await page.getByRole("status").filter({ hasText: "replayed, none left" }).waitFor();
    await page.getByText("no longer parked").waitFor();
    await page.getByText("A restored backup").waitFor();
    assert.equal(await page.locator("form[action^='/dead-letters/']").count(), 0);
    assert.equal(await balanceOf(victim), "14.998");
  });

  it("a damaged commit, a command and a foreign document are discarded", async (test) => {
    const victim = await client.accountWith("10.00");
    await write(stored, poisonousCommand(`account-${victim}`, "data without what it needs"));
    const parts = [
      [(await damaged("a known event without its data")).victim, "projecting", "commit voided"],
      [(await damaged("a commit of another stream's shape")).victim, "projecting", "removed from"],
      [victim, "handling", "command rejected"],
    ] as const;
    const page = await open(test, "/dead-letters");
    for (const [account, stage, effect] of parts) {
      await page.goto(`${consoleUrl}/dead-letters`);
      await decide(page, `${stage}:account-${account}`);
      const discard = page.locator("form[action='/dead-letters/discard']");
      await discard.getByRole("button", { name: "Discard" }).click();
      assert.equal(await page.locator("#notice").count(), 0, "a reason is wanted first");
      await discard.getByLabel("Reason").fill(`<b>Nobody's</b> & "nothing"`);
      await discard.getByRole("button", { name: "Discard" }).click();
      await page.getByText(effect).waitFor();
      await page.getByText(`<b>Nobody's</b> & "nothing"`).waitFor();
      const loaded = await client.post(`/accounts/${account}/loads`, { amount: "600.00" });
      assert.equal(loaded.body["reached"], "settled");
    }
    await page.goto(`${consoleUrl}/dead-letters`);
    await page.getByText("Nothing is parked").waitFor();
  });

  it("a message that only waits cannot be decided about", async (test) => {
    const { victim, poison } = await damaged("a known event without its data");
    const lane = `projecting:account-${victim}`;
    const next = { ...poison.document, id: "0000000004", number: 4, version: 4 };
    await write(stored, { ...poison, document: next });
    const page = await open(test, "/dead-letters");
    const region = page.getByRole("region", { name: `Lane ${lane}` });
    await region.getByText("2 parked").waitFor();
    await region.getByRole("link", { name: "Look at 0000000004 and decide" }).click();
    await page.getByText("only waits behind another").waitFor();
    assert.equal(await page.locator("form[action^='/dead-letters/']").count(), 0);
  });

  const looks: readonly [string, BrowserContextOptions][] = [
    ["on a desk, in the light", { viewport: { width: 1_400, height: 900 }, colorScheme: "light" }],
    ["on a phone, in the dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
  ];
  for (const [name, options] of looks)
    it(`pages that show what is damaged can be read by everybody and fit ${name}`, async (test) => {
      const { victim } = await damaged("events that are no list");
      const stream = `account-${victim}`;
      const lane = `projecting:${stream}`;
      const page = await open(test, "/dead-letters", options);
      await page.getByRole("region", { name: `Lane ${lane}` }).waitFor();
      const letter = `/dead-letters/letter?lane=${encodeURIComponent(lane)}&id=0000000003`;
      const paths = [
        letter,
        "/dead-letters",
        `/streams/${stream}`,
        `/data/events/${stream}/0000000003`,
      ];
      for (const path of paths) {
        const response = await page.goto(`${consoleUrl}${path}`);
        assert.equal(response?.status(), 200, path);
        assert.deepEqual(await violationsOn(page), [], path);
        assert.ok((await overflowOf(page)) <= 0, `${path} is wider than the window`);
      }
    });

  it("a letter that is nowhere is said not to be there", async (test) => {
    const { page, close } = await openWindow(browser);
    test.after(close);
    await page.goto(`${consoleUrl}/dead-letters/letter?lane=projecting:account-x&id=1`);
    await page.getByRole("heading", { name: "There is no such letter" }).waitFor();
  });
});
