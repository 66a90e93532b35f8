import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually } from "../support/eventually.ts";
import { signIn, withCookie } from "./support/approver.ts";
import { deliver, given, idOf } from "./support/given.ts";
import { until } from "./support/live.ts";

const soon = { catchUpEveryMs: 5 };

describe("After downtime", () => {
  it("what has happened meanwhile is caught up with, without any event", async (test) => {
    const { admin, saldo } = await given(test);
    const ada = saldo.openAccount("Ada");
    const bob = saldo.openAccount("Bob");
    const ask = () => saldo.ask(ada, bob);
    const [approved, denied, cancelled] = [ask(), ask(), ask()];
    const [expired, refunded, waiting] = [ask(), ask(), ask()];
    await deliver(admin, approved, denied, cancelled, expired, refunded, waiting);
    const { cookie } = await signIn(admin, "grace");

    const missed = { id: "" };
    await admin.restart(() => {
      saldo.happen(idOf(approved), "approved", "approver:alan@bank.example", "fine");
      saldo.happen(idOf(approved), "settled", "process:transfer");
      saldo.happen(idOf(denied), "denied", "approver:alan@bank.example", "no");
      saldo.happen(idOf(cancelled), "cancelled", `account:${ada}`);
      saldo.happen(idOf(expired), "expired", "process:transfer");
      saldo.happen(idOf(refunded), "approved", "approver:alan@bank.example");
      saldo.happen(idOf(refunded), "refunded", "process:transfer", "receiver_closed");
      missed.id = idOf(saldo.ask(bob, ada, { amount: "9000.00", note: "missed" }));
    });

    for (const [event, status] of [
      [approved, "settled"],
      [denied, "denied"],
      [cancelled, "cancelled"],
      [expired, "expired"],
      [refunded, "refunded"],
    ] as const)
      await until(admin, cookie, idOf(event), (transfer) => transfer["status"] === status);
    const grace = withCookie(admin, cookie);
    const { items } = (await grace.get("/api/transfers?status=waiting")).body;
    assert.deepEqual(
      (items as { transferId: string }[]).map(({ transferId }) => transferId).toSorted(),
      [idOf(waiting), missed.id].toSorted(),
    );
    const found = (await grace.get(`/api/transfers/${missed.id}`)).body;
    assert.deepEqual([found["amount"], found["note"]], ["9000.00", "missed"]);
    assert.notEqual(found["expiresAt"], null);
    const { decidedBy, reason } = (await grace.get(`/api/transfers/${idOf(approved)}`)).body;
    assert.deepEqual([decidedBy, reason], ["alan@bank.example", "fine"]);
  });

  it("an event that comes late changes nothing of what was looked up", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
    await deliver(admin, asked);
    const { cookie } = await signIn(admin, "grace");
    const late = { approved: asked };
    await admin.restart(() => {
      late.approved = saldo.happen(idOf(asked), "approved", "approver:alan@bank.example");
      saldo.happen(idOf(asked), "settled", "process:transfer");
    });
    await until(admin, cookie, idOf(asked), ({ status }) => status === "settled");
    const before = (await withCookie(admin, cookie).get(`/api/transfers/${idOf(asked)}`)).body;
    await deliver(admin, late.approved, asked);
    const after = (await withCookie(admin, cookie).get(`/api/transfers/${idOf(asked)}`)).body;
    assert.deepEqual(after, before);
  });
});

describe("A lost event", () => {
  it("only costs time: the next look finds what nobody has told", async (test) => {
    const { admin, saldo } = await given(test, soon);
    const grace = await signIn(admin, "grace");
    const id = idOf(saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob")));
    await until(admin, grace.cookie, id, ({ status }) => status === "waiting");
    saldo.happen(id, "denied", "approver:alan@bank.example", "no");
    await until(admin, grace.cookie, id, ({ status }) => status === "denied");
  });

  it("of the arrival of an approved transfer is made good for, too", async (test) => {
    const { admin, saldo } = await given(test, soon);
    const grace = await signIn(admin, "grace");
    const id = idOf(saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob")));
    await until(admin, grace.cookie, id, ({ status }) => status === "waiting");
    await grace.send("POST", `/api/transfers/${id}/approval`, {});
    saldo.happen(id, "settled", "process:transfer");
    await until(admin, grace.cookie, id, ({ status }) => status === "settled");
  });
});

describe("While Saldo is away", () => {
  it("events are taken, the list says it may be out of date, and one line is logged", async (test) => {
    const { admin, saldo } = await given(test, soon);
    const grace = await signIn(admin, "grace");
    saldo.weather.isAway = true;
    const list = async (): Promise<string> => {
      const response = await fetch(admin.url, { headers: { cookie: grace.cookie } });
      return response.text();
    };
    const warning = "Saldo cannot be reached at the moment";
    await eventually("it warns", async () => (await list()).includes(warning));
    const asked = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
    await deliver(admin, asked);
    const { status, fromName } = (await grace.get(`/api/transfers/${idOf(asked)}`)).body;
    assert.deepEqual({ status, fromName }, { status: "waiting", fromName: null });
    const failures = admin.log.filter((line) => line.includes('"catch-up"'));
    assert.equal(failures.length, 1);

    saldo.weather.isAway = false;
    await until(admin, grace.cookie, idOf(asked), (transfer) => transfer["fromName"] === "Ada");
    await eventually("it is calm", async () => !(await list()).includes(warning));
  });
});

describe("The names of sender and receiver", () => {
  it("follow when Saldo tells them, and are asked for once", async (test) => {
    const { admin, saldo } = await given(test, soon);
    const grace = await signIn(admin, "grace");
    const ada = saldo.openAccount("Ada");
    const first = saldo.ask(ada, "bob0000000000000");
    await deliver(admin, first);
    const known = await until(
      admin,
      grace.cookie,
      idOf(first),
      ({ fromName }) => fromName === "Ada",
    );
    assert.equal(known["toName"], null);
    saldo.openAccount("Bob");
    await until(admin, grace.cookie, idOf(first), ({ toName }) => toName === "Bob");
    await deliver(admin, saldo.ask(ada, "bob0000000000000"));
    const asked = saldo.requests.filter(({ path }) => path === `/api/accounts/${ada}`);
    assert.equal(asked.length, 1);
  });
});

describe("What waits", () => {
  it("is listed in the order of its instants, whatever their texts", async (test) => {
    const { admin, saldo } = await given(test);
    const [ada, bob] = [saldo.openAccount("Ada"), saldo.openAccount("Bob")];
    const { cookie } = await signIn(admin, "grace");
    const ids: string[] = [];
    await admin.restart(() => {
      for (const at of [
        "2026-05-01T12:00:00.500+02:00",
        "2026-05-01T10:00:00.25Z",
        "2026-05-01T10:00:00Z",
      ]) {
        const id = idOf(saldo.ask(ada, bob));
        const [request] = saldo.transfer(id)?.history ?? [];
        if (request !== undefined) request.at = at;
        ids.unshift(id);
      }
    });
    for (const id of ids) await until(admin, cookie, id, ({ status }) => status === "waiting");
    const { items } = (await withCookie(admin, cookie).get("/api/transfers?status=waiting")).body;
    const listed = items as { transferId: string; requestedAt: string }[];
    assert.deepEqual(
      listed.map(({ transferId, requestedAt }) => [transferId, requestedAt.slice(10)]),
      [
        [ids[0], "T10:00:00.000Z"],
        [ids[1], "T10:00:00.250Z"],
        [ids[2], "T10:00:00.500Z"],
      ],
    );
  });
});
