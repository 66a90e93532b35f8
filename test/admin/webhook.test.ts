import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { signIn } from "./support/approver.ts";
import { deliver, given, idOf, post } from "./support/given.ts";

const single = "application/cloudevents+json";
const batch = "application/cloudevents-batch+json";

describe("The webhook's handshake", () => {
  it("lets Event Grid deliver, and says so in the CloudEvents headers", async (test) => {
    const { admin } = await given(test);
    const response = await fetch(`${admin.url}/webhooks/saldo`, {
      method: "OPTIONS",
      headers: { "webhook-request-origin": "eventgrid.azure.net" },
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("webhook-allowed-origin"), "eventgrid.azure.net");
    assert.equal(response.headers.get("webhook-allowed-rate"), "*");
  });

  for (const origin of ["elsewhere.example", undefined])
    it(`refuses ${origin ?? "nobody"} as sender`, async (test) => {
      const { admin } = await given(test);
      const response = await fetch(`${admin.url}/webhooks/saldo`, {
        method: "OPTIONS",
        headers: origin === undefined ? {} : { "webhook-request-origin": origin },
      });
      assert.equal(response.status, 403);
      assert.equal(response.headers.get("webhook-allowed-origin"), null);
    });
});

describe("The webhook", () => {
  for (const key of ["", "another-key", "webhook-key-of-the-test"])
    it(`refuses a delivery with the key "${key}" before it reads it`, async (test) => {
      const { admin } = await given(test);
      assert.equal((await post(admin, "not even JSON", single, key)).status, 401);
    });

  for (const [what, body, type, status] of [
    ["what is not JSON", "{", single, 400],
    ["what is not an event", "{}", single, 400],
    ["an old CloudEvents version", event({ specversion: "0.3" }), single, 400],
    ["an amount that is none", event({}, { amount: "many" }), single, 400],
    ["a request for approval without an end", event({}, { expiresAt: undefined }), single, 400],
    ["a sequence that is no number", event({ sequence: "first" }), single, 400],
    ["a batch that is no array", event(), batch, 400],
    ["a batch with one malformed event", `[${event()},{}]`, batch, 400],
    ["another content type", event(), "application/json", 415],
    ["more than Event Grid ever sends", " ".repeat(2_000_000), single, 413],
  ] as const)
    it(`answers ${status} to ${what}, and keeps nothing of it`, async (test) => {
      const { admin } = await given(test);
      const response = await post(admin, body, type);
      assert.equal(response.status, status);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      const grace = await signIn(admin, "grace");
      assert.deepEqual((await grace.get("/api/transfers?status=waiting")).body["items"], []);
    });

  it("accepts and ignores what is no concern of an approver", async (test) => {
    const { admin } = await given(test);
    const grace = await signIn(admin, "grace");
    for (const type of [
      "saldo.account.opened.v1",
      "saldo.transfer.sent.v1",
      "saldo.transfer.received.v1",
      "saldo.transfer.declined.v1",
      "saldo.transfer.approved.v2",
      "somebody.elses",
    ])
      assert.equal((await post(admin, event({ type }), single)).status, 204);
    // Sent at once, and arrived: approval was never asked for.
    const settled = event({ type: "saldo.transfer.settled.v1" }, { isManaged: false });
    assert.equal((await post(admin, settled, single)).status, 204);
    for (const status of ["waiting", "decided"])
      assert.deepEqual((await grace.get(`/api/transfers?status=${status}`)).body["items"], []);
  });

  it("takes a batch as one delivery", async (test) => {
    const { admin, saldo } = await given(test);
    const ada = saldo.openAccount("Ada");
    const bob = saldo.openAccount("Bob");
    const events = [saldo.ask(ada, bob), saldo.ask(bob, ada)];
    assert.equal((await post(admin, JSON.stringify(events), batch)).status, 204);
    const grace = await signIn(admin, "grace");
    const { items } = (await grace.get("/api/transfers?status=waiting")).body;
    assert.equal((items as unknown[]).length, 2);
  });
});

describe("Events about one transfer", () => {
  const requested = ["approval_requested", "approved", "settled"];
  const orders = permutations(requested);
  for (const order of orders)
    it(`lead to the same when they arrive as ${order.join(", ")}`, async (test) => {
      const { admin, saldo } = await given(test);
      const first = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"), { note: "rent" });
      const id = idOf(first);
      const approved = saldo.happen(id, "approved", "approver:alan@bank.example", "fine");
      const settled = saldo.happen(id, "settled", "process:transfer");
      const events = { approval_requested: first, approved, settled };
      for (const what of order) await deliver(admin, events[what as keyof typeof events]);
      const grace = await signIn(admin, "grace");
      const { body } = await grace.get(`/api/transfers/${id}`);
      const { status, decidedBy, decidedAt, reason, requestedAt, expiresAt, note } = body;
      assert.deepEqual(
        { status, decidedBy, decidedAt, reason, requestedAt, expiresAt, note },
        {
          status: "settled",
          decidedBy: "alan@bank.example",
          decidedAt: approved.time,
          reason: "fine",
          requestedAt: first.time,
          expiresAt: first.data["expiresAt"],
          note: "rent",
        },
      );
      const history = body["history"] as { what: string }[];
      assert.deepEqual(
        history.map(({ what }) => what),
        requested,
      );
    });

  it("change nothing and push nothing when they are delivered again", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
    const denied = saldo.happen(idOf(asked), "denied", "approver:alan@bank.example", "no");
    await deliver(admin, asked, denied);
    const grace = await signIn(admin, "grace");
    const before = (await grace.get(`/api/transfers/${idOf(asked)}`)).body;
    await deliver(admin, asked, denied, asked, denied);
    assert.deepEqual((await grace.get(`/api/transfers/${idOf(asked)}`)).body, before);
    assert.equal(before["status"], "denied");
  });

  it("do not bring back what was decided when the request comes late", async (test) => {
    const { admin, saldo } = await given(test);
    const asked = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
    await deliver(admin, saldo.happen(idOf(asked), "cancelled", "account:ada"), asked);
    const grace = await signIn(admin, "grace");
    assert.deepEqual((await grace.get("/api/transfers?status=waiting")).body["items"], []);
    const { status, decidedBy } = (await grace.get(`/api/transfers/${idOf(asked)}`)).body;
    assert.deepEqual({ status, decidedBy }, { status: "cancelled", decidedBy: null });
  });
});

function event(attributes: object = {}, data: object = {}): string {
  return JSON.stringify({
    specversion: "1.0",
    id: "account-1/1",
    source: "/saldo/account-1",
    type: "saldo.transfer.approval_requested.v1",
    time: "2026-11-21T12:00:00.000Z",
    sequence: "0000000001",
    ...attributes,
    data: {
      transferId: "1-1",
      from: "1",
      to: "2",
      amount: "2500.00",
      currency: "EUR",
      isManaged: true,
      expiresAt: "2026-11-22T12:00:00.000Z",
      ...data,
    },
  });
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) =>
    permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]),
  );
}
