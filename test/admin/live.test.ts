import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { signIn } from "./support/approver.ts";
import { deliver, given, idOf } from "./support/given.ts";
import { openLive } from "./support/live.ts";

describe("The live stream", () => {
  it("pushes every change of a transfer as a list shows it", async (test) => {
    const { admin, saldo } = await given(test);
    const grace = await signIn(admin, "grace");
    const live = await openLive(admin, grace);
    assert.equal(live.type, "text/event-stream");
    const asked = saldo.ask("ada", "bob", { note: "rent" });
    await deliver(admin, asked);
    const pushed = await live.next();
    assert.equal(pushed?.event, "transfer");
    const { items } = (await grace.get("/api/transfers?status=waiting")).body;
    assert.deepEqual([pushed.data], items);
    await deliver(admin, saldo.happen(idOf(asked), "expired", "process:transfer"));
    assert.equal((await live.next())?.data["status"], "expired");
    live.leave();
  });

  it("pushes a decision to everybody at once, before any event of it arrives", async (test) => {
    const { admin, saldo } = await given(test);
    const [grace, alan] = await Promise.all([signIn(admin, "grace"), signIn(admin, "alan")]);
    const asked = saldo.ask("ada", "bob");
    await deliver(admin, asked);
    const live = await openLive(admin, alan);
    await grace.send("POST", `/api/transfers/${idOf(asked)}/denial`, { reason: "no" });
    const pushed = await live.next();
    assert.deepEqual(
      [pushed?.data["status"], pushed?.data["decidedBy"], pushed?.data["reason"]],
      ["denied", "grace@bank.example", "no"],
    );
    live.leave();
  });

  it("goes on where it was left, also after a restart of the app", async (test) => {
    const { admin, saldo } = await given(test);
    const grace = await signIn(admin, "grace");
    const live = await openLive(admin, grace);
    await deliver(admin, saldo.ask("ada", "bob"));
    const first = await live.next();
    live.leave();
    const second = saldo.ask("bob", "ada");
    await deliver(admin, second);
    await admin.restart();
    const again = await openLive(admin, grace, first?.id);
    assert.equal((await again.next())?.data["transferId"], idOf(second));
    again.leave();
  });

  it("tells everything again to whom knew another store", async (test) => {
    const { admin, saldo } = await given(test);
    const grace = await signIn(admin, "grace");
    const asked = saldo.ask("ada", "bob");
    await deliver(admin, asked);
    const live = await openLive(admin, grace, "999999");
    assert.equal((await live.next())?.data["transferId"], idOf(asked));
    live.leave();
  });

  it("pushes nothing for what is delivered again", async (test) => {
    const { admin, saldo } = await given(test);
    const grace = await signIn(admin, "grace");
    const asked = saldo.ask("ada", "bob");
    await deliver(admin, asked);
    const live = await openLive(admin, grace);
    const next = saldo.ask("bob", "ada");
    await deliver(admin, asked, asked, next);
    assert.equal((await live.next())?.data["transferId"], idOf(next));
    live.leave();
  });

  it("ends when the app closes, and does not keep it from closing", async (test) => {
    const { admin } = await given(test);
    const grace = await signIn(admin, "grace");
    const live = await openLive(admin, grace);
    await admin.stop();
    assert.equal(await live.next(), undefined);
  });
});
