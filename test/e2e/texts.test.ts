/**
 * Whatever people write is shown as they wrote it, although the host rewrites what looks like a date on the way to every
 * trigger; and every instant has the promised form.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { localTokens } from "../../scripts/local-tokens.ts";
import { containers } from "../../src/containers.ts";
import type { Commit } from "../../src/kernel/messages/commit.ts";
import { fromStored, looksLikeDate, toPublished } from "../../src/platform/stored-texts.ts";
import { type ApproverClient, signIn } from "../admin/support/approver.ts";
import { type Answer, type Json, somebody } from "../support/client.ts";
import { dateLikeText } from "../support/date-like-texts.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { grace, refusalOf, transfersOf } from "../support/transfers.ts";

const { client, control, stored, functionsUrl, adminUrl } = await startLocalSystem();
const transfers = transfersOf(client);

/** One of each kind, whatever is drawn beside them; of the last two, .NET has no date. */
const always = [
  "2026-05-01T10:00:00.990Z",
  "2026-05-01T10:00:00.000Z",
  "2026-05-01T10:00:00+02:00",
  "2026-05-01T24:00:00Z",
  "~2026-05-01T10:00:00.99Z",
  "/Date(1700000000000)/",
  "~/Date(0)/",
  "~",
  "pocket money",
  "/Date(253402300800000)/",
  "9999-12-31T24:00:00",
];

/** What one customer has sent, with the same text wherever a text can stand. */
type Story = {
  readonly text: string;
  readonly from: string;
  readonly to: string;
  readonly plain: string;
  readonly scheduled: string;
  readonly approved: string;
  readonly denied: string;
  readonly rejected: Answer;
};

async function open(name: string): Promise<string> {
  const opened = await client.post("/accounts", { name, email: somebody, currency: "EUR" });
  assert.equal(opened.body["status"], "accepted", JSON.stringify(opened.body));
  return String(opened.body["resource"]).replace("/api/accounts/", "");
}

async function begin(text: string, scheduledFor: string): Promise<Story> {
  const [from, to] = [await open(text), await open("Bob")];
  await client.post(`/accounts/${from}/loads`, { amount: "9000.00" });
  const send = (amount: string, more: Json = {}): Promise<string> =>
    transfers.request(from, to, amount, { note: text, ...more });
  const [plain, scheduled, approved, denied] = await Promise.all([
    send("1.00"),
    send("2.00", { scheduledFor }),
    send("1000.00"),
    send("2000.00"),
  ]);
  const toOneself = { to: from, amount: "1.00", note: text };
  const rejected = await client.post(`/accounts/${from}/transfers`, toOneself);
  assert.equal(refusalOf(rejected), "receiver_is_sender");
  return { text, from, to, plain, scheduled, approved, denied, rejected };
}

async function decide({ text: reason, approved, denied }: Story): Promise<void> {
  await transfers.approve(approved, { approver: grace, reason });
  await transfers.deny(denied, { approver: grace, reason });
}

async function end({ text: reason, from, scheduled, approved }: Story): Promise<void> {
  await transfers.until(scheduled, "settled");
  await transfers.until(approved, "settled");
  await client.post(`/operator/accounts/${from}/freeze`, { reason });
}

const instantNames = /^at$|At$|^scheduledFor$|^since$/;

function checkInstants(value: unknown, name = ""): void {
  if (instantNames.test(name))
    assert.match(String(value), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, name);
  if (typeof value !== "object" || value === null) return;
  for (const [inner, member] of Object.entries(value)) checkInstants(member, inner);
}

/** A view, after a look at its instants. */
async function view(path: string): Promise<Json> {
  const { status, body } = await client.get(path);
  assert.equal(status, 200, JSON.stringify(body));
  checkInstants(body);
  return body;
}

const items = async (path: string): Promise<readonly Json[]> =>
  (await view(path))["items"] as Json[];

async function checkAccounts({ text, from, to }: Story): Promise<void> {
  assert.equal((await view(`/accounts/${from}`))["name"], text);
  for (const [accountId, type, count] of [
    [from, "transfer_out", 4],
    [to, "transfer_in", 3],
  ] as const) {
    const lines = await items(`/accounts/${accountId}/statement`);
    const notes = lines.filter((line) => line["type"] === type).map((line) => line["note"]);
    assert.deepEqual(notes, Array(count).fill(text));
    const { at } = lines.at(-1) ?? {};
    assert.equal((await view(`/accounts/${accountId}/balance?at=${String(at)}`))["at"], at);
  }
}

async function checkTransfers(story: Story): Promise<void> {
  const { text, plain, scheduled, approved, denied } = story;
  for (const id of [plain, scheduled, approved, denied])
    assert.equal((await view(`/transfers/${id}`))["note"], text);
  const denial = await view(`/transfers/${denied}`);
  assert.equal(denial["reason"], text);
  for (const [shown, what] of [
    [await view(`/transfers/${approved}`), "approved"],
    [denial, "denied"],
  ] as const) {
    const moment = (shown["history"] as Json[]).find((one) => one["what"] === what);
    assert.equal(moment?.["reason"], text);
  }
}

/** What an owner is told: asked for, and pushed. */
async function checkNotifications({ text, from }: Story): Promise<void> {
  const told = await eventually("the owner has been told", async () => {
    const all = await items(`/accounts/${from}/notifications`);
    return all.length === 5 && all;
  });
  const reasonOf = (type: string): unknown => told.find((one) => one["type"] === type)?.["reason"];
  assert.equal(reasonOf("transfer_approved"), text);
  assert.equal(reasonOf("transfer_denied"), text);
  assert.equal(reasonOf("request_rejected"), "receiver_is_sender");
  const headers = { authorization: `Bearer ${await localTokens(functionsUrl).of(somebody)}` };
  const stream = `${functionsUrl}/api/accounts/${from}/notifications/stream`;
  const pushed = await (await fetch(stream, { headers })).text();
  const data = [...pushed.matchAll(/^data: (.*)$/gm)].map(
    ([, json = ""]) => JSON.parse(json) as Json,
  );
  assert.deepEqual(data, told);
}

/** The admin app hears by webhook, where nothing is rewritten. */
async function checkDesk(desk: ApproverClient, { text, approved, denied }: Story): Promise<void> {
  const published = toPublished(text);
  for (const [transferId, status] of [
    [approved, "settled"],
    [denied, "denied"],
  ] as const) {
    const shown = await eventually(`the admin app knows that it is ${status}`, async () => {
      const { body } = await desk.get(`/api/transfers/${transferId}`);
      return body["status"] === status && body;
    });
    checkInstants(shown);
    assert.deepEqual([shown["note"], shown["reason"]], [published, published]);
  }
}

async function tellAll(texts: readonly string[]): Promise<void> {
  const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
  const stories = await Promise.all(texts.map((text) => begin(text, scheduledFor)));
  const waiting = await items("/operator/approvals");
  for (const { text, approved, denied } of stories)
    for (const id of [approved, denied])
      assert.equal(waiting.find(({ transferId }) => transferId === id)?.["note"], text);
  await items("/operator/processes");
  await Promise.all(stories.map(decide));
  await control.advanceClock(3_660_000);
  await Promise.all(stories.map(end));
  const desk = await signIn({ url: adminUrl }, "grace");
  await Promise.all(
    stories.map(async (story) => {
      await checkAccounts(story);
      await checkTransfers(story);
      await checkNotifications(story);
      await checkDesk(desk, story);
      checkInstants((await client.follow(story.rejected)).body);
    }),
  );
  assert.deepEqual((await view("/operator/dead-letters"))["lanes"], []);
  await checkEvents(stories);
}

/** What the events tell stands in no view: why an account was frozen. */
async function checkEvents(stories: readonly Story[]): Promise<void> {
  const commits = (await stored.all<Commit>("events")).map(fromStored);
  for (const { text, from } of stories) {
    const events = commits
      .filter(({ stream }) => stream === `account-${from}`)
      .flatMap((commit) => commit.events);
    const frozen = events.find(({ type }) => type === "AccountFrozen");
    assert.deepEqual(frozen?.data, { reason: text });
  }
}

describe("A text that looks like a date", () => {
  test("is shown as it was sent, wherever it is shown", async () => {
    const texts = fc.array(dateLikeText, { minLength: 9, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(texts, (drawn) => tellAll([...always, ...drawn])),
      { numRuns: 1, endOnFailure: true },
    );
  });
});

describe("What was stored before texts were escaped", () => {
  const text = "2026-05-01T10:00:00+02:00";

  /** Puts a document back as the code before would have stored it: whatever its texts look like, without a mark. */
  async function setBack(name: "commands" | "events" | "accounts", placeholder: string) {
    for (const document of await stored.all<Json>(name)) {
      const json = JSON.stringify(document);
      if (json.includes(placeholder))
        await stored.container(name).items.upsert(JSON.parse(json.replaceAll(placeholder, text)));
    }
  }

  test("is shown as it was stored, and survives the next change", async () => {
    const placeholder = "stored by earlier code";
    const [from, to] = [await open(placeholder), await open("Bob")];
    await client.post(`/accounts/${from}/loads`, { amount: "100.00" });
    const transferId = await transfers.request(from, to, "1.00", { note: placeholder });
    for (const name of ["commands", "events", "accounts"] as const)
      await setBack(name, placeholder);

    const check = async (): Promise<void> => {
      assert.equal((await view(`/accounts/${from}`))["name"], text);
      assert.equal((await view(`/transfers/${transferId}`))["note"], text);
      for (const accountId of [from, to]) {
        const line = (await items(`/accounts/${accountId}/statement`)).at(-1);
        assert.equal(line?.["note"], text);
      }
    };
    await check();
    await client.post(`/accounts/${to}/transfers`, { to: from, amount: "0.50" });
    assert.equal((await view(`/accounts/${from}`))["version"], 5);
    assert.equal((await view(`/accounts/${from}`))["name"], text);
    const { resource } = await stored.container("accounts").item(from, from).read<Json>();
    assert.deepEqual([resource?.["name"], resource?.["escaped"]], [`~${text}`, true]);
  });
});

describe("Everything that has been stored", () => {
  test("has ids, keys and names of properties that do not look like dates", async () => {
    for (const name of Object.keys(containers) as (keyof typeof containers)[])
      for (const document of await stored.all<Json>(name)) {
        const key = String(document[containers[name].partitionKey.slice(1)]);
        for (const id of [document.id, key, ...namesIn(document)])
          assert.ok(!looksLikeDate(id), `${name}: ${id}`);
      }
  });
});

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return [...names, ...Object.values(value).flatMap(namesIn)];
}
