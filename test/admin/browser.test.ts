import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { findChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { signIn } from "./support/approver.ts";
import {
  openWindow,
  overflowOf,
  tabTo,
  violationsOn,
  type Window,
} from "../support/browser-pages.ts";
import { deliver, given, idOf, password, type Given } from "./support/given.ts";
import { signInOn } from "./support/sign-in-page.ts";

const found = await findChromium();

describe("In a browser", { skip: "missing" in found ? found.missing : false }, () => {
  let browser: Browser;
  before(async () => {
    if ("launch" in found) browser = await found.launch();
  });
  after(() => browser.close());

  const open = async (test: TestContext, options?: BrowserContextOptions): Promise<Window> => {
    const window = await openWindow(browser, options);
    test.after(window.close);
    return window;
  };

  it("an approver signs in, after a wrong password, and gets where they wanted to go", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = ask(saldo);
    await deliver(admin, asked);
    const { page, complaints } = await open(test);
    await page.goto(`${admin.url}/transfers/${idOf(asked)}`);
    await page.getByLabel("E-mail").fill("grace@bank.example");
    await page.getByLabel("Password").fill("guess");
    await page.keyboard.press("Enter");
    const failure = page.getByRole("alert");
    assert.match(await failure.innerText(), /e-mail address or the password is wrong/);
    assert.equal(await page.getByLabel("E-mail").inputValue(), "grace@bank.example");
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "2,500.00 EUR from" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.deepEqual(complaints, []);
  });

  it("a transfer appears by itself, is announced, and disappears when somebody decides", async (test) => {
    const { admin, saldo } = await given(test);
    const { page, complaints } = await open(test);
    await signInOn(page, admin);
    await page.getByText("Nothing is waiting.").waitFor();
    await page.evaluate("window.isSamePage = true");
    const asked = ask(saldo, { note: "<img src=x onerror=alert(1)>" });
    await deliver(admin, asked);
    const row = page.getByRole("row", { name: "2,500.00 EUR from Ada to Bob" });
    await row.waitFor();
    // What somebody typed is shown as they typed it.
    await row.getByText("<img src=x onerror=alert(1)>").waitFor();
    assert.match(await page.title(), /^\(1\) Waiting/);
    await page
      .locator("#announcements", { hasText: "2,500.00 EUR from" })
      .waitFor({ state: "attached" });

    const alan = await signIn(admin, "alan");
    await alan.send("POST", `/api/transfers/${idOf(asked)}/denial`, { reason: "no" });
    await page.getByText("Nothing is waiting.").waitFor();
    assert.equal(await page.evaluate("window.isSamePage"), true);
    assert.deepEqual(complaints, []);
  });

  it("ages count on", async (test) => {
    const { admin, saldo, clock } = await given(test);
    await deliver(admin, ask(saldo));
    clock.aheadMs += 30_000;
    const { page } = await open(test);
    await signInOn(page, admin);
    const age = page.locator("time[data-age]");
    const first = await age.innerText();
    assert.match(first, /^\d+ (seconds|minutes?)$/);
    await eventually("the age has grown", async () => (await age.innerText()) !== first);
  });

  it("a transfer is approved by keyboard alone, and its outcome is read out", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = ask(saldo);
    await deliver(admin, asked);
    const { page, complaints } = await open(test);
    await signInOn(page, admin);
    await tabTo(page, "2,500.00 EUR");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "2,500.00 EUR from" }).waitFor();
    await tabTo(page, "Reason for approving");
    await page.keyboard.type("known to us");
    await tabTo(page, "Approve");
    await page.keyboard.press("Enter");
    const outcome = page.locator("#outcome[role=status]", { hasText: "You approved it" });
    await outcome.waitFor();
    await page.getByRole("button", { name: "Approve" }).waitFor({ state: "detached" });
    await page.locator("#outcome:focus").waitFor();
    assert.equal(saldo.transfer(idOf(asked))?.history.at(-1)?.reason, "known to us");
    assert.deepEqual(complaints, []);
  });

  it("a denial needs a reason", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = ask(saldo);
    await deliver(admin, asked);
    const { page } = await open(test);
    await signInOn(page, admin);
    await page.goto(`${admin.url}/transfers/${idOf(asked)}`);
    const reason = page.getByLabel("Reason for denying");
    const deny = page.getByRole("button", { name: "Deny" });
    await deny.click();
    await reason.and(page.locator(":focus:invalid")).waitFor();
    await reason.fill("   ");
    await deny.click();
    await page.locator("#outcome", { hasText: "say why you deny it" }).waitFor();
    assert.equal(saldo.decisions().length, 0);
    await reason.fill("not known to us");
    await deny.click();
    await page.locator("#outcome", { hasText: "You denied it" }).waitFor();
    await page.locator(".badge", { hasText: "Denied" }).waitFor();
  });

  it("who looks on sees at once who has decided", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = ask(saldo);
    await deliver(admin, asked);
    const { page } = await open(test);
    await signInOn(page, admin, "alan");
    await page.goto(`${admin.url}/transfers/${idOf(asked)}`);
    const grace = await signIn(admin, "grace");
    await grace.send("POST", `/api/transfers/${idOf(asked)}/approval`, {});
    await page
      .getByRole("region", { name: "Decision" })
      .getByText(/Grace approved it/)
      .waitFor();
    assert.equal(await page.getByRole("button", { name: "Approve" }).count(), 0);
  });

  it("who decides too late is told who was first", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = ask(saldo);
    await deliver(admin, asked);
    const { page } = await open(test);
    // Nothing is pushed to Alan: his page is as it was when Grace decides.
    await page.route("**/api/live*", (route) => route.abort());
    await signInOn(page, admin, "alan");
    await page.goto(`${admin.url}/transfers/${idOf(asked)}`);
    const grace = await signIn(admin, "grace");
    await grace.send("POST", `/api/transfers/${idOf(asked)}/approval`, {});
    await page.getByRole("button", { name: "Approve" }).click();
    await page
      .locator("#outcome[data-outcome=too_late]", { hasText: "Grace approved it" })
      .waitFor();
  });

  it("when Saldo is away the person is told, keeps the form and can try again", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = ask(saldo);
    await deliver(admin, asked);
    const { page } = await open(test);
    await signInOn(page, admin);
    await page.goto(`${admin.url}/transfers/${idOf(asked)}`);
    saldo.weather.isAway = true;
    await page.getByLabel("Reason for denying").fill("not known to us");
    await page.getByRole("button", { name: "Deny" }).click();
    await page.locator("#outcome", { hasText: "Nothing is lost: try again." }).waitFor();
    saldo.weather.isAway = false;
    await page.getByRole("button", { name: "Deny" }).click();
    await page.locator("#outcome", { hasText: "You denied it" }).waitFor();
  });

  it("what is being typed and where the focus is survive changes elsewhere", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = ask(saldo);
    await deliver(admin, asked);
    const { page } = await open(test);
    await signInOn(page, admin);
    await page.goto(`${admin.url}/transfers/${idOf(asked)}`);
    await page.getByLabel("Reason for approving").pressSequentially("known to");
    await deliver(admin, ask(saldo));
    await page.locator(".count", { hasText: "2" }).waitFor();
    await page.keyboard.type(" us");
    assert.equal(await page.getByLabel("Reason for approving").inputValue(), "known to us");

    await page.goto(admin.url);
    await tabTo(page, "2,500.00 EUR");
    await deliver(admin, ask(saldo));
    await page.locator(".count", { hasText: "3" }).waitFor();
    const focused = await page.evaluate("document.activeElement.getAttribute('href')");
    assert.equal(focused, `/transfers/${idOf(asked)}`);
  });

  it("a lost connection is told, and made good for without a reload", async (test) => {
    const { admin, saldo } = await given(test);
    const { page } = await open(test);
    await signInOn(page, admin);
    await page.evaluate("window.isSamePage = true");
    const notice = page.locator("#connection", { hasText: "The connection is lost." });
    await admin.restart(async () => {
      await notice.waitFor();
      ask(saldo);
    });
    await page.getByRole("row", { name: "2,500.00 EUR" }).waitFor();
    await notice.waitFor({ state: "detached" });
    assert.equal(await page.evaluate("window.isSamePage"), true);
  });

  it("everything but the liveness works without a script", async (test) => {
    const { admin, saldo } = await given(test);
    const [first, second] = [ask(saldo), ask(saldo)];
    await deliver(admin, first, second);
    const { page } = await open(test, { javaScriptEnabled: false });
    await signInOn(page, admin);
    await page.getByRole("link", { name: "2,500.00 EUR" }).first().click();
    await page.getByRole("button", { name: "Approve" }).click();
    await page.locator("#outcome", { hasText: "You approved it" }).waitFor();
    await page.getByRole("link", { name: "Waiting 1" }).click();
    await page.getByRole("link", { name: "2,500.00 EUR" }).click();
    saldo.weather.isAway = true;
    await page.getByLabel("Reason for denying").fill("no");
    await page.getByRole("button", { name: "Deny" }).click();
    await page.locator("#outcome", { hasText: "Nothing is lost: try again." }).waitFor();
    saldo.weather.isAway = false;
    await page.getByRole("button", { name: "Deny" }).click();
    await page.locator("#outcome", { hasText: "You denied it" }).waitFor();
    await page.getByRole("link", { name: "Decided" }).first().click();
    assert.equal(await page.getByRole("row").count(), 3);
  });

  for (const colorScheme of ["light", "dark"] as const)
    it(`no page has a barrier, nor is it wider than a phone (${colorScheme})`, async (test) => {
      const here = await given(test);
      const { page, complaints } = await open(test, {
        ...{ colorScheme, viewport: { width: 360, height: 740 } },
      });
      for await (const name of everyPage(page, here)) {
        assert.deepEqual(await violationsOn(page), [], name);
        assert.equal(await overflowOf(page), 0, name);
        await page.setViewportSize({ width: 1280, height: 800 });
        assert.deepEqual(await violationsOn(page), [], name);
        await page.setViewportSize({ width: 360, height: 740 });
      }
      assert.deepEqual(complaints, []);
    });
});

/** Opens one page after the other, in all their states, and says which one is open. */
async function* everyPage(page: Page, { admin, saldo }: Given): AsyncGenerator<string> {
  await page.goto(`${admin.url}/sign-in`);
  yield "sign in";
  await page.getByLabel("E-mail").fill("grace@bank.example");
  await page.getByLabel("Password").fill("guess");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  yield "sign in, refused";
  await signInOn(page, admin);
  yield "nothing waiting";
  await page.goto(`${admin.url}/decided`);
  yield "nothing decided";
  const longest = { note: "x".repeat(140), amount: "123456789012.1234" };
  const events = [
    saldo.ask(saldo.openAccount("W".repeat(60)), saldo.openAccount("Bob"), longest),
    saldo.ask(saldo.openAccount("Grace", "grace@bank.example"), saldo.openAccount("Bob")),
    ask(saldo),
    ask(saldo),
  ] as const;
  await deliver(admin, ...events);
  const ids = events.map(idOf);
  await page.goto(admin.url);
  await page.getByText("Your own").waitFor();
  yield "waiting";
  for (const id of ids.slice(0, 2)) {
    await page.goto(`${admin.url}/transfers/${id}`);
    yield "a transfer";
  }
  const alan = await signIn(admin, "alan");
  await alan.send("POST", `/api/transfers/${ids[3] ?? ""}/denial`, { reason: "y".repeat(200) });
  await page.goto(`${admin.url}/transfers/${ids[3] ?? ""}`);
  await page
    .getByText(/Alan denied it/)
    .first()
    .waitFor();
  yield "decided by somebody else";
  await page.goto(`${admin.url}/transfers/${ids[2] ?? ""}`);
  saldo.weather.isAway = true;
  await page.getByRole("button", { name: "Approve" }).click();
  await page.locator("#outcome[data-outcome=failed]").waitFor();
  yield "Saldo is away";
  saldo.weather.isAway = false;
  await page.getByRole("button", { name: "Approve" }).click();
  await page
    .getByText(/You approved it/)
    .first()
    .waitFor();
  yield "approved";
  await page.goto(`${admin.url}/decided`);
  yield "decided";
  await page.goto(`${admin.url}/nowhere`);
  yield "not found";
  await page.goto(admin.url);
  await admin.stop();
  await page.locator("#connection:not(:empty)").waitFor();
  yield "connection lost";
}

/** Ada wants to send 2 500.00 EUR to Bob. */
const ask = (saldo: Given["saldo"], terms: { note?: string } = {}) =>
  saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"), terms);
