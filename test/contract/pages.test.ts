/** The contract's pages in a browser: readable by anybody on any screen, and nothing but what the app itself serves. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { openWindow, overflowOf, violationsOn } from "../support/browser-pages.ts";
import { findChromium } from "../support/chromium.ts";
import { startLocalSystem } from "../support/local-system.ts";

const { functionsUrl } = await startLocalSystem();
const found = await findChromium();
const browser = "launch" in found ? await found.launch() : undefined;
after(() => browser?.close());
const skip = "missing" in found ? found.missing : false;

const pages = {
  "api/docs": { title: "Saldo: the HTTP contract", says: "Take back a transfer" },
  "api/docs/events": { title: "Saldo: integration events", says: "saldo.transfer.settled.v1" },
};
const screens = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
} as const;

for (const [path, { title, says }] of Object.entries(pages))
  for (const [screen, options] of Object.entries(screens))
    describe(`/${path} on a ${screen}`, { skip }, () => {
      test("can be read by everybody, opened and closed, and fits the screen", async () => {
        assert.ok(browser);
        const { page, complaints, close } = await openWindow(browser, options);
        const asked: string[] = [];
        page.on("request", (request) => asked.push(request.url()));
        await page.goto(`${functionsUrl}/${path}`);
        assert.equal(await page.title(), title);
        await page.getByText(says).first().waitFor();
        await page.evaluate(
          "for (const folded of document.querySelectorAll('details')) folded.open = true",
        );
        assert.deepEqual(await violationsOn(page), []);
        assert.equal(await overflowOf(page), 0);
        assert.deepEqual(complaints, []);
        assert.deepEqual(asked, [`${functionsUrl}/${path}`]);
        await close();
      });

      test("leads nowhere in vain", async () => {
        assert.ok(browser);
        const { page, close } = await openWindow(browser, options);
        await page.goto(`${functionsUrl}/${path}`);
        const links = await page.evaluate<string[]>(
          "[...document.querySelectorAll('a')].map((anchor) => anchor.getAttribute('href'))",
        );
        assert.notEqual(links.length, 0);
        for (const link of new Set(links))
          if (link.startsWith("#"))
            assert.equal(await page.locator(`[id="${link.slice(1)}"]`).count(), 1, link);
          else assert.equal((await fetch(new URL(link, page.url()))).status, 200, link);
        await close();
      });
    });
