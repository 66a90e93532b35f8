/** The console as people use it: in Chromium, on the whole system. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openWindow, overflowOf, violationsOn } from "../support/browser-pages.ts";
import { startConsole } from "../../console/server.ts";
import { findChromium } from "../support/chromium.ts";
import { somebody } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { startSystem } from "./support/given.ts";

const found = await findChromium();
const system = await startSystem();

describe("In a browser", { skip: "missing" in found ? found.missing : false }, () => {
  let browser: Browser;
  /** Ada has sent Bob a small transfer and a large one, which was approved; another large one waits. */
  let ada: string;
  let bob: string;
  let approved: string;
  let waiting: string;

  before(async () => {
    if ("launch" in found) browser = await found.launch();
    const { client, transfers } = system;
    ada = await client.accountWith("5000.00");
    bob = await client.accountWith("10.00");
    await transfers.request(ada, bob, "25.50");
    approved = await transfers.request(ada, bob, "1500.00");
    await transfers.untilAllLed();
    await transfers.approve(approved);
    await transfers.until(approved, "settled");
    waiting = await transfers.request(ada, bob, "1200.00");
    await transfers.untilAllLed();
  });
  after(() => browser.close());

  const open = async (test: TestContext, options?: BrowserContextOptions): Promise<Page> => {
    const { page, complaints, close } = await openWindow(browser, options);
    test.after(async () => {
      await close();
      assert.deepEqual(complaints, []);
    });
    await page.goto(system.consoleUrl);
    return page;
  };

  it("a newcomer finds the trace of a transfer, from the POST to the last reaction", async (test) => {
    await system.traceOf("react count-revenue");
    const page = await open(test);
    await page.getByRole("link", { name: "Traces" }).click();
    await page.getByRole("link", { name: "send-credits" }).last().click();
    const bars = page.locator(".waterfall li");
    const names = (await bars.locator(".span-name").allInnerTexts()).join("\n");
    for (const name of ["handle SendCredits", "handle ReceiveCredits", "handle SettleTransfer"])
      assert.ok(names.includes(name), `${name} is missing in ${names}`);
    const handling = bars.filter({ hasText: "handle SendCredits" });
    await handling.locator("summary").click();
    await handling.getByText(`account-${ada}`).first().waitFor();
    await page.getByRole("heading", { name: "In Saldo's documents" }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "Send credits" }).waitFor();
  });

  it("a poisoned message is found, understood and repaired", async (test) => {
    const { client } = system;
    const carl = await client.accountWith("0");
    const page = await open(test);
    await breakSomething(page, /Refuse commits for good/, `account-${carl}`);
    await client.post(`/accounts/${ada}/transfers`, { to: carl, amount: "5.00" }, atOnce);
    await client.post(`/accounts/${carl}/loads`, { amount: "1.00" }, { wait: 0 });

    await page.getByRole("link", { name: "Flow" }).click();
    const matter = page.getByRole("listitem").filter({ hasText: "handle" });
    await matter.getByRole("link", { name: "2 messages parked" }).click();
    const lane = page.getByRole("region", { name: `Lane handling:account-${carl}` });
    await lane.getByText("DocumentRefused: Cosmos DB: 413").first().waitFor();
    await page.getByRole("link", { name: "1 fault in force" }).waitFor();

    await lane.getByRole("link", { name: /\.credit$/ }).click();
    const credit = page.locator("[data-asked]");
    await credit.getByText("parked", { exact: true }).waitFor();
    const cause = page.getByRole("article").filter({ hasText: "Send credits" });
    await cause.getByText("accepted").waitFor();
    await credit.getByRole("link", { name: "dead letters" }).click();

    await lane.getByRole("button", { name: "Replay" }).click();
    await page.getByRole("status").filter({ hasText: "0 replayed, 2 left" }).waitFor();
    await page.getByRole("link", { name: "1 fault in force" }).click();
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.getByText("Fair weather").waitFor();
    await page.getByRole("link", { name: "Dead letters" }).click();
    await lane.getByRole("button", { name: "Replay" }).click();
    await page.getByRole("status").filter({ hasText: "2 replayed, none left" }).waitFor();
    await page.getByText("Nothing is parked").waitFor();
    await eventually("Carl has both", async () => {
      const { available } = await client.balance(carl);
      return Number(available) > 5;
    });
    await page.getByRole("link", { name: "Flow" }).click();
    await page.getByText("Everything flows").waitFor();
  });

  it("a stopped stage is seen with what waits for it, and seen to flow again", async (test) => {
    const { client } = system;
    const page = await open(test);
    await breakSomething(page, /Stop handling/);
    const key = crypto.randomUUID();
    const terms = { to: bob, amount: "1.00" };
    await client.post(`/accounts/${ada}/transfers`, terms, { wait: 0, key });

    await page.getByRole("link", { name: "Flow" }).click();
    await page.getByRole("listitem").filter({ hasText: "No feed for" }).waitFor();
    const row = page
      .getByRole("row")
      .filter({ has: page.getByRole("rowheader", { name: "[comm" }) });
    await row.getByText("≥ 1").waitFor();
    await page.getByRole("row", { name: /handle Gets no commands/ }).waitFor();
    await page.getByRole("link", { name: "1 fault in force" }).click();
    await page.getByRole("button", { name: /^Clear f/ }).click();
    await page.getByRole("link", { name: "Flow" }).click();
    await page.getByText("Everything flows").waitFor();
    const again = await client.post(`/accounts/${ada}/transfers`, terms, { key });
    assert.equal(again.body["status"], "accepted");
  });

  it("the flow shows what happens without being loaded again", async (test) => {
    const page = await open(test);
    const delivered = page
      .getByRole("row", { name: /^notify-owners/ })
      .locator("td")
      .last();
    await delivered.getByText("delivered").waitFor();
    await page.evaluate("window.isSamePage = true");
    const before = await delivered.innerText();
    await system.transfers.request(ada, bob, "2.00");
    await eventually("more is delivered", async () => (await delivered.innerText()) !== before);
    assert.equal(await page.evaluate("window.isSamePage"), true);
  });

  it("what is shown is said to be old once the console is gone", async (test) => {
    const away = "http://127.0.0.1:1";
    const ending = await startConsole({
      port: 0,
      cosmos: { endpoint: away, key: "", database: "saldo" },
      functionsUrl: away,
      authorizeOperator: () => ({}),
      masterKey: "",
      eventGridUrl: away,
      controlUrl: away,
      telemetryUrl: undefined,
    });
    test.after(ending.close);
    const page = await open(test);
    await page.goto(ending.url);
    await page.getByText("The control door does not answer").waitFor();
    await ending.close();
    await page
      .getByRole("status")
      .filter({ hasText: "connection to the console is lost" })
      .waitFor();
  });

  it("a stream shows its events, and its state at each version", async (test) => {
    const page = await open(test);
    await page.goto(`${system.consoleUrl}/causation?transfer=${approved}`);
    await page.getByRole("link", { name: "ApprovalRequested" }).click();
    const commit = page.locator("li.commit:target");
    await commit.getByText("ApprovalRequested").waitFor();
    const held = commit.getByRole("row", { name: /inFlightE4/ });
    assert.match(await held.innerText(), /1,500\.00\s+changed/);
    await commit.getByText("ApprovalRequested").click();
    await commit.getByRole("link", { name: approved }).waitFor();
    await page.getByRole("link", { name: "To the newest" }).click();
    await page.getByText("the view is current").waitFor();
  });

  it("a process is seen with its history while it waits, and its end when it ends", async (test) => {
    const page = await open(test);
    await page.getByRole("link", { name: "Processes" }).click();
    const led = page.locator("[data-live=led]").getByRole("row").filter({ hasText: waiting });
    await led.getByText("in time").waitFor();
    await led.getByRole("link", { name: waiting, exact: true }).click();
    await page.getByText("Activity look-at-transfer done").waitFor();
    await page.goBack();
    await led.waitFor();
    await system.transfers.deny(waiting);
    await led.waitFor({ state: "detached" });
    const instance = page.locator("[data-live=instances]").getByRole("row");
    await instance.filter({ hasText: waiting }).getByText("Completed").waitFor();
  });

  it("the search finds accounts, transfers, commands and traces, and says if there is nothing", async (test) => {
    const page = await open(test);
    const search = async (word: string): Promise<void> => {
      await page.getByRole("searchbox").fill(word);
      await page.keyboard.press("Enter");
    };
    await search(ada);
    await page.getByRole("heading", { name: `account-${ada}` }).waitFor();
    await search(approved);
    await page.getByText("TransferApproved").waitFor();
    await search(`${approved}.settle`);
    await page.locator("[data-asked]").getByText("Settle transfer").waitFor();
    const traceId = await system.traceOf("handle SendCredits");
    await search(`00-${traceId}-00f067aa0ba902b7-01`);
    await page.getByRole("heading", { name: "Trace" }).waitFor();
    await search("nonsense");
    await page.getByText("Nothing is called nonsense").waitFor();
  });

  it("what somebody typed is shown as they typed it", async (test) => {
    const name = "<img src=x onerror=alert(1)>";
    const opened = await system.client.post("/accounts", {
      name,
      email: somebody,
      currency: "EUR",
    });
    const accountId = String(opened.body["resource"]).split("/").at(-1) ?? "";
    const page = await open(test);
    await page.goto(`${system.consoleUrl}/streams/account-${accountId}`);
    await page.getByText(name).first().waitFor();
    assert.equal(await page.locator("img").count(), 0);
  });

  const looks: readonly [string, BrowserContextOptions][] = [
    ["on a desk, in the light", { viewport: { width: 1_400, height: 900 }, colorScheme: "light" }],
    ["on a phone, in the dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
  ];
  for (const [name, options] of looks)
    it(`every page can be read by everybody and fits ${name}`, async (test) => {
      const page = await open(test, options);
      const traceId = await system.traceOf("handle SendCredits");
      const { client, control, consoleUrl } = system;
      const two = [await client.accountWith("0"), await client.accountWith("0")];
      await breakSomething(page, /Refuse account views for good/);
      for (const each of two)
        await client.post(`/accounts/${each}/loads`, { amount: "1.00" }, { wait: 0 });
      for (const path of pathsOf(traceId)) {
        await page.goto(`${consoleUrl}${path}`);
        if (path === "/") await page.getByText("2 messages parked").first().waitFor();
        for (const details of await page.locator("details:visible").all())
          await details.evaluate("(node) => { node.open = true; }");
        assert.deepEqual(await violationsOn(page), [], path);
        assert.ok((await overflowOf(page)) <= 0, `${path} is wider than the window`);
      }
      await control.clear();
      await page.goto(`${consoleUrl}/dead-letters`);
      await page.getByRole("button", { name: "Replay all lanes" }).click();
      await page.getByRole("status").filter({ hasText: "2 lanes: 2 replayed, none" }).waitFor();
    });

  const pathsOf = (traceId: string): readonly string[] => [
    "/",
    "/traces",
    "/traces?name=&failed=true",
    `/traces/${traceId}`,
    "/traces/0af7651916cd43dd8448eb211c80319c",
    "/streams",
    `/streams/account-${ada}`,
    "/causation",
    `/causation?transfer=${approved}`,
    "/dead-letters",
    "/processes",
    `/processes/${approved}`,
    "/data",
    "/data/events",
    `/data/accounts/${ada}/${ada}`,
    "/data/event-grid/saldo/admin",
    "/weather",
    "/find?q=nonsense",
    "/nowhere",
  ];
});

/** As somebody does it on the page of the weather. */
async function breakSomething(page: Page, what: RegExp, partition = ""): Promise<void> {
  await page.getByRole("link", { name: "Weather" }).click();
  const form = page.getByRole("form", { name: "Break something in Cosmos DB" });
  const choice = form.getByRole("option", { name: what });
  await form.getByLabel("What").selectOption(await choice.innerText());
  await form.getByLabel("Only this partition").fill(partition);
  await form.getByRole("button", { name: "Break it" }).click();
  await page.getByRole("status").filter({ hasText: "in force" }).waitFor();
}

const atOnce = { wait: 5, until: "visible" } as const;
