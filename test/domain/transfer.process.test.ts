/** The process of a transfer that waits: news, or the time, in → commands out. */
import { describe, test } from "node:test";
import type { Transfer } from "../../domain/account/account.messages.ts";
import { type TransferNews, transferProcess } from "../../domain/account/transfer.process.ts";
import { type Story, tell } from "../support/given-process.ts";

const noon = Date.UTC(2026, 0, 1, 12);
const hour = 3_600_000;
const expiry = noon + 24 * hour;

const transfer: Transfer = {
  transferId: "father-1",
  from: "father",
  to: "son",
  amountE4: 2_500_0000,
  currency: "EUR",
  isManaged: true,
};
const waiting: TransferNews = { version: 2, stage: "waiting", transfer, dueAtMs: expiry };
const approved: TransferNews = { version: 3, stage: "approved", transfer };
const ended: TransferNews = { version: 4, stage: "ended", transfer };
const scheduled: TransferNews = {
  version: 2,
  stage: "scheduled",
  transfer,
  dueAtMs: noon + 5 * hour,
};

const credit = {
  to: "account-son",
  id: "father-1.credit",
  type: "ReceiveCredits",
  data: transfer,
} as const;
const expire = {
  to: "account-father",
  id: "father-1.expire",
  type: "ExpireTransfer",
  data: { transferId: "father-1" },
} as const;
const start = {
  to: "account-father",
  id: "father-1.start",
  type: "StartTransfer",
  data: { transferId: "father-1" },
} as const;

const started = (): Story<TransferNews> => tell(transferProcess, noon);
const done = { kind: "done" } as const;

describe("a transfer that waits for a person", () => {
  test("is left alone until somebody decides or the time is up", () => {
    started().sees(waiting).thenIssues().thenNext({ kind: "wait", untilMs: expiry });
  });
  test("is credited once it is approved, and the process ends with the transfer", () => {
    started().sees(waiting).hears(approved).thenIssues(credit).hears(ended).thenNext(done);
  });
  test("needs nothing more once it is denied or cancelled", () => {
    started().sees(waiting).hears(ended).thenIssues().thenNext(done);
  });
  test("expires when nobody has decided by then, and not a moment earlier", () => {
    const story = started().sees(waiting);
    story.until(expiry - 1).thenIssues();
    story.until(expiry).thenIssues(expire).hears(ended).thenNext(done);
  });
  test("that is approved while it expires is credited: the stream has decided", () => {
    started().sees(waiting).until(expiry).thenIssues(expire).hears(approved).thenIssues(credit);
  });
  test("is started late, after its time was up: expires at once", () => {
    tell(transferProcess, expiry + hour)
      .sees(waiting)
      .thenIssues(expire);
  });
});

describe("a scheduled transfer", () => {
  test("starts at its instant", () => {
    const story = started().sees(scheduled);
    story.until(noon + 5 * hour - 1).thenIssues();
    story.until(noon + 5 * hour).thenIssues(start);
  });
  test("then waits for a person, if it is large", () => {
    started()
      .sees(scheduled)
      .until(noon + 5 * hour)
      .thenIssues(start)
      .hears({ ...waiting, version: 3 })
      .thenIssues()
      .thenNext({ kind: "wait", untilMs: expiry });
  });
  test("needs no more than watching once it is on its way", () => {
    started()
      .sees(scheduled)
      .until(noon + 5 * hour)
      .hears({ version: 3, stage: "started", transfer })
      .thenIssues()
      .hears(ended)
      .thenNext(done);
  });
  test("that is withdrawn needs nothing", () => {
    started()
      .sees(scheduled)
      .hears({ ...ended, version: 3 })
      .thenIssues()
      .thenNext(done);
  });
});

describe("news in any order, and again", () => {
  test("what was known already changes neither commands nor the time to wake", () => {
    started()
      .sees(waiting)
      .hears(waiting)
      .thenIssues()
      .thenNext({ kind: "wait", untilMs: expiry })
      .hears(approved)
      .thenIssues(credit)
      .hears(approved)
      .thenIssues();
  });
  test("what is older is not believed", () => {
    started().sees(approved).thenIssues(credit).hears(waiting).thenIssues();
  });
  test("a process started after the end sees that there is nothing to do", () => {
    started().sees(ended).thenIssues().thenNext(done);
  });
});

describe("a command without an effect", () => {
  test("makes the process look, and issue it again if nothing has changed", () => {
    started()
      .sees(approved)
      .thenIssues(credit)
      .until(noon + 10_000)
      .thenNext({ kind: "look" })
      .sees(approved)
      .thenIssues(credit)
      .thenNext({ kind: "wait", untilMs: noon + 30_000 });
  });
  test("makes it learn what it was not told", () => {
    started()
      .sees(approved)
      .until(noon + 10_000)
      .sees(ended)
      .thenIssues()
      .thenNext(done);
  });
  test("is issued more and more patiently, at last every hour", () => {
    const story = started().sees(approved);
    let atMs = noon;
    for (const patienceMs of [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]) {
      atMs += patienceMs * 1_000;
      story.until(atMs - 1).thenIssues();
      story.until(atMs).thenNext({ kind: "look" }).sees(approved).thenIssues(credit);
    }
  });
});
