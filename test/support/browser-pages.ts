import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A window of its own, with its own cookies; whatever its console complains about is kept. */
export type Window = { page: Page; complaints: string[]; close: () => Promise<void> };

export async function openWindow(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // The browser reports answers such as 503 there as well, which the page handles.
    const isAboutAnswers = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isAboutAnswers) complaints.push(message.text());
  });
  return { page, complaints, close: () => context.close() };
}

/** What axe-core finds on the page as it is now: one line for each violation. */
export async function violationsOn(page: Page): Promise<string[]> {
  axe ??= await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  const lines: unknown = await page.evaluate(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)))`);
  return lines as string[];
}

/** How much wider the content is than the window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** Presses Tab until something of this name has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = [];
  while (seen.length < 40) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate<string>(
      "document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent",
    );
    const focused = text.trim().replaceAll(/\s+/g, " ");
    if (focused.startsWith(name)) return;
    seen.push(focused);
  }
  throw new Error(`The keyboard does not reach "${name}", only ${seen.join(", ")}.`);
}

/** Longer than anything takes on a busy machine: only what never comes fails. */
const patienceMs = 90_000;

let axe: string | undefined;
