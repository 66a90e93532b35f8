/**
 * Notifications pushed to a browser's own EventSource, which comes back by itself. A browser cannot send tokens with it, so
 * the owner's app has a back end before Saldo which adds them; here it also breaks connections off, as networks do.
 */
import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { localTokens } from "../../scripts/local-tokens.ts";
import { findChromium } from "../support/chromium.ts";
import { type Json, somebody } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { transfersOf } from "../support/transfers.ts";

const { client, control, functionsUrl } = await startLocalSystem();
const transfers = transfersOf(client);
const token = await localTokens(functionsUrl).of(somebody);
const backEnd = await startBackEnd();
after(backEnd.close);
const found = await findChromium();

/** What becomes of an answer on its way to the browser. */
type Fate = "arrives" | "is lost" | "breaks off in the middle";

type BackEnd = {
  readonly url: string;
  /** How often the stream of an account was asked for. */
  requests(accountId: string): number;
  /** What becomes of the next answers, in turn and over again. */
  set(fates: readonly Fate[]): void;
  close(): Promise<void>;
};

async function startBackEnd(): Promise<BackEnd> {
  let fates: readonly Fate[] = ["arrives"];
  let answers = 0;
  const asked: string[] = [];
  const passOn = async (url: string, lastEventId: string | undefined, to: ServerResponse) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    };
    const answer = await fetch(`${functionsUrl}${url}`, { headers });
    const text = await answer.text();
    const fate = fates[answers % fates.length];
    answers += 1;
    if (fate === "is lost") return to.destroy();
    const type = answer.headers.get("content-type") ?? "text/plain";
    to.writeHead(answer.status, {
      "content-type": type,
      "content-length": Buffer.byteLength(text),
    });
    if (fate === "arrives") return to.end(text);
    return to.write(text.slice(0, text.length / 2), () => to.destroy());
  };
  const server = createServer(({ url = "", headers }, response) => {
    if (url === "/") {
      response
        .writeHead(200, { "content-type": "text/html" })
        .end("<!doctype html><title>.</title>");
      return;
    }
    asked.push(url);
    const lastEventId = headers["last-event-id"];
    passOn(url, lastEventId?.toString(), response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: (accountId) => asked.filter((url) => url.includes(accountId)).length,
    set: (next) => {
      fates = next;
      answers = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Heard = { readonly id: string; readonly type: string; readonly item: Json };

/** All there is to hear, page by page. */
async function everything(accountId: string): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  for (let after = "0"; ;) {
    const { body } = await client.get(
      `/accounts/${accountId}/notifications?after=${after}&limit=1`,
    );
    const [item] = body["items"] as Json[];
    if (item === undefined) return heard;
    after = String(body["next"]);
    heard.push({ id: after, type: String(item["type"]), item });
  }
}

const types = [
  "credits_received",
  "transfer_awaiting_approval",
  "transfer_denied",
  "request_rejected",
];

/** Begins to listen on a page, and keeps on it what it hears. */
const listenOn = (page: Page, accountId: string, query = ""): Promise<void> =>
  page.evaluate(
    `window.heard = [];
     window.stream = new EventSource("/api/accounts/${accountId}/notifications/stream${query}");
     for (const type of ${JSON.stringify(types)})
       window.stream.addEventListener(type, ({ lastEventId, data }) => {
         window.heard.push({ id: lastEventId, type, item: JSON.parse(data) });
       });`,
  );

const heardOn = (page: Page): Promise<readonly Heard[]> => page.evaluate("window.heard");

const untilHeard = (page: Page, count: number): Promise<unknown> =>
  eventually(`${count} are heard`, async () => (await heardOn(page)).length >= count);

describe("An EventSource", { skip: "missing" in found ? found.missing : false }, () => {
  let launched: Promise<Browser> | undefined;
  after(async () => {
    await (await launched)?.close();
  });

  const openPage = async (context: TestContext): Promise<Page> => {
    if (!("launch" in found)) throw new Error(found.missing);
    const browser = await (launched ??= found.launch());
    const page = await browser.newPage();
    context.after(() => page.close());
    await page.goto(backEnd.url);
    return page;
  };

  /** Somebody who gives, and somebody who listens. */
  const pair = async (): Promise<readonly [from: string, to: string]> => [
    await client.accountWith("9000.00"),
    await client.accountWith("9000.00"),
  ];

  test("hears of everything by itself, as it happens", async (context) => {
    const [other, owner] = await pair();
    const page = await openPage(context);
    await listenOn(page, owner);
    await transfers.request(other, owner, "1.00");
    await untilHeard(page, 1);
    const denied = await transfers.request(owner, other, "2000.00");
    await untilHeard(page, 2);
    await transfers.deny(denied);
    await untilHeard(page, 3);
    await client.post(`/accounts/${owner}/transfers`, { to: owner, amount: "1.00" });
    await untilHeard(page, 4);
    const heard = await heardOn(page);
    assert.deepEqual(
      heard.map(({ id, type }) => [id, type]),
      types.map((type, index) => [String(index + 1), type]),
    );
    assert.deepEqual(heard, await everything(owner));
  });

  test("loses nothing and hears nothing twice, whatever becomes of its connections", async (context) => {
    const [other, owner] = await pair();
    const page = await openPage(context);
    backEnd.set(["arrives", "breaks off in the middle", "is lost", "breaks off in the middle"]);
    context.after(() => {
      backEnd.set(["arrives"]);
    });
    await listenOn(page, owner);
    const count = 40;
    for (let sent = 0; sent < count; sent += 4) {
      const four = Array.from({ length: 4 }, () => transfers.request(other, owner, "1.00"));
      await Promise.all(four);
      await untilHeard(page, Math.max(0, sent - 8)); // so that it really listens meanwhile
    }
    await untilHeard(page, count);
    const all = await everything(owner);
    assert.equal(all.length, count);
    assert.deepEqual(await heardOn(page), all);
    assert.ok(backEnd.requests(owner) > 8, "it had to come back often");
  });

  test("begins after what ?lastEventId= names, and goes on from what it heard itself", async (context) => {
    const [other, owner] = await pair();
    for (const amount of ["1.00", "2.00", "3.00"]) await transfers.request(other, owner, amount);
    await eventually("three are there", async () => (await everything(owner)).length === 3);
    const page = await openPage(context);
    await listenOn(page, owner, "?lastEventId=2");
    await untilHeard(page, 1);
    await transfers.request(other, owner, "4.00");
    await untilHeard(page, 2);
    const heard = await heardOn(page);
    assert.deepEqual(heard, (await everything(owner)).slice(2));
  });

  test("does not give up while the store is away", async (context) => {
    const [other, owner] = await pair();
    const page = await openPage(context);
    const fault = await control.fault({
      match: { container: "notifications", operation: "read" },
      effect: { kind: "status", status: 503 },
    });
    await listenOn(page, owner);
    await eventually("the fault has struck", async () => (await control.hits(fault)) > 0);
    await eventually("it has come back", () => Promise.resolve(backEnd.requests(owner) > 1));
    const [connecting, open] = [0, 1];
    assert.ok([connecting, open].includes(await page.evaluate("window.stream.readyState")));
    await control.clear(fault);
    await transfers.request(other, owner, "1.00");
    await untilHeard(page, 1);
    assert.deepEqual(await heardOn(page), await everything(owner));
  });
});
