/** How a client hears of notifications: page by page, waiting, and as server-sent events. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpHandler, HttpResponse } from "../../../../src/platform/http/exchange.ts";
import { withProblems } from "../../../../src/platform/http/problem.ts";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import {
  showNotifications,
  streamNotifications,
} from "../../../../src/modules/notifications/show-notifications.ts";
import type { Listening } from "../../../../src/modules/notifications/arrivals.ts";
import { notificationsOf } from "../../../../src/modules/notifications/notifications-of.ts";
import type {
  NotificationOutbox,
  StoredNotification,
} from "../../../../src/modules/notifications/outbox.ts";
import { bob, eventOf, requestOf } from "../../../support/reactions.ts";

const params = { accountId: bob };

const notification = (number: number): StoredNotification => ({
  ...(notificationsOf(eventOf("saldo.transfer.received.v1", { version: number }))[0] ??
    assert.fail()),
  number,
  ttl: 1,
});

/**
 * An outbox and a clock for one handler. Waiting takes no time: `whileWaiting` says what happens the n-th time, and the
 * clock has then moved by the longest time that the handler was ready to wait.
 */
function scene({
  stored = [],
  whileWaiting = () => undefined,
}: {
  readonly stored?: StoredNotification[];
  readonly whileWaiting?: (times: number) => void;
}) {
  let nowMs = 0;
  const waits: number[] = [];
  let listeners = 0;
  const listening: Listening = {
    next: (withinMs) => {
      waits.push(withinMs);
      nowMs += withinMs;
      whileWaiting(waits.length);
      return Promise.resolve();
    },
    stop: () => {
      listeners -= 1;
    },
  };
  const outbox: Pick<NotificationOutbox, "after" | "lastNumber" | "listen"> = {
    lastNumber: () => Promise.resolve(stored.at(-1)?.number ?? 0),
    after: (_, number, limit) =>
      Promise.resolve(stored.filter((one) => one.number > number).slice(0, limit)),
    listen: () => {
      listeners += 1;
      return listening;
    },
  };
  const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  return { outbox, clock, waits, stored, listeners: () => listeners };
}

async function ask(
  handler: HttpHandler,
  query = "",
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpResponse> {
  const log = { error: () => undefined };
  return withProblems(handler)(requestOf({ params, query, headers }), log);
}

const numbersIn = ({ body }: HttpResponse): readonly string[] =>
  (JSON.parse(body) as { items: { notificationId: string }[] }).items.map(
    ({ notificationId }) => notificationId,
  );

const idOf = (number: number): string => notification(number).id;

describe("asking for notifications", () => {
  test("answers a page, and the cursor of the next", async () => {
    const { outbox, clock } = scene({ stored: [1, 2, 3].map(notification) });
    const handler = showNotifications({ outbox, clock });
    const page = await ask(handler, "limit=2");
    assert.equal(page.status, 200);
    assert.deepEqual(numbersIn(page), [idOf(1), idOf(2)]);
    const { next, items } = JSON.parse(page.body) as { next: string; items: object[] };
    const { id, accountId, number, ttl, ...shown } = notification(1);
    assert.deepEqual(items[0], { notificationId: id, ...shown });
    assert.deepEqual(numbersIn(await ask(handler, `after=${next}`)), [idOf(3)]);
  });

  test("answers the cursor asked for if there is nothing new", async () => {
    const { outbox, clock, waits } = scene({ stored: [notification(1)] });
    const handler = showNotifications({ outbox, clock });
    const { body } = await ask(handler, "after=1");
    assert.deepEqual(JSON.parse(body), { items: [], next: "1" });
    const { outbox: empty } = scene({});
    const none = await ask(showNotifications({ outbox: empty, clock }));
    assert.deepEqual(JSON.parse(none.body), { items: [], next: "0" });
    assert.deepEqual(waits, []);
  });

  test("waits as long as the client prefers, looking ever more patiently", async () => {
    const { outbox, clock, waits, listeners } = scene({});
    const { body } = await ask(showNotifications({ outbox, clock }), "", { prefer: "wait=5" });
    assert.deepEqual(JSON.parse(body), { items: [], next: "0" });
    assert.deepEqual(waits, [250, 500, 1_000, 2_000, 1_250]);
    assert.equal(listeners(), 0);
  });

  test("answers as soon as something has come in", async () => {
    const stored: StoredNotification[] = [];
    const { outbox, clock, waits } = scene({
      stored,
      whileWaiting: (times) => {
        if (times === 2) stored.push(notification(1));
      },
    });
    const page = await ask(showNotifications({ outbox, clock }), "wait=30");
    assert.deepEqual(numbersIn(page), [idOf(1)]);
    assert.equal(waits.length, 2);
  });

  for (const query of ["limit=0", "limit=201", "after=soon", "after=-1", "wait=31"])
    test(`refuses ${query}`, async () => {
      const { status, body } = await ask(showNotifications(scene({})), query);
      const { errors } = JSON.parse(body) as { errors: { path: string }[] };
      assert.deepEqual([status, errors.map(({ path }) => path)], [400, [query.split("=")[0]]]);
    });
});

describe("the stream of notifications", () => {
  test("is a complete event stream of what comes after the last event id", async () => {
    const stored = [1, 2, 3].map(notification);
    const handler = streamNotifications(scene({ stored }));
    const { status, headers, body } = await ask(handler, "", { "last-event-id": "1" });
    assert.deepEqual([status, headers["content-type"]], [200, "text/event-stream"]);
    const [retry, ...blocks] = body.split("\n\n");
    assert.equal(retry, "retry: 100");
    assert.equal(blocks.pop(), "");
    const events = blocks.map((block) => /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? []);
    assert.deepEqual(
      events.map(([, id, event]) => [id, event]),
      [
        ["2", "credits_received"],
        ["3", "credits_received"],
      ],
    );
    const { items } = JSON.parse(
      (await ask(showNotifications(scene({ stored })), "after=1")).body,
    ) as { items: object[] };
    assert.deepEqual(
      events.map(([, , , data = ""]) => JSON.parse(data) as object),
      items,
    );
  });

  test("begins where the address says, unless the browser knows better", async () => {
    const handler = streamNotifications(scene({ stored: [1, 2, 3].map(notification) }));
    const idsIn = ({ body }: HttpResponse) =>
      [...body.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id);
    assert.deepEqual(idsIn(await ask(handler, "lastEventId=2")), ["3"]);
    assert.deepEqual(idsIn(await ask(handler)), ["1", "2", "3"]);
    const reconnected = await ask(handler, "lastEventId=1", { "last-event-id": "2" });
    assert.deepEqual(idsIn(reconnected), ["3"]);
  });

  test("says so if nothing has come in for its time", async () => {
    const { outbox, clock, waits } = scene({});
    const { body } = await ask(streamNotifications({ outbox, clock }));
    assert.equal(body, "retry: 100\n\n: nothing new\n\n");
    assert.equal(
      waits.reduce((sum, ms) => sum + ms, 0),
      20_000,
    );
  });

  test("lets the browser come back later when the store is away", async () => {
    const { outbox, clock } = scene({});
    const lastNumber = () => Promise.reject(new PlatformFault("away", { retryAfterMs: 7_000 }));
    const handler = streamNotifications({ outbox: { ...outbox, lastNumber }, clock });
    const { status, body } = await ask(handler);
    assert.deepEqual([status, body], [200, "retry: 7000\n\n: unavailable\n\n"]);
  });

  test("refuses a last event id that never was one", async () => {
    const handler = streamNotifications(scene({}));
    assert.equal((await ask(handler, "", { "last-event-id": "latest" })).status, 400);
  });
});
