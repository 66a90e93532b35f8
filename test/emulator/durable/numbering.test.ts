import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startHub, type Hub } from "./support/hub.ts";

const hourMs = 3_600_000;

describe("tasks that the library and the extension number differently", () => {
  let hub: Hub;
  before(async () => {
    hub = await startHub();
  });
  after(async () => {
    await hub.app.stop();
  });

  const untilInHistory = async (id: string, type: string): Promise<void> => {
    while (!(await hub.history(id)).some(({ EventType }) => EventType === type));
  };

  const attempted = (key: string): boolean =>
    hub.app.seen("attempt").some((value) => (value as { readonly key: string }).key === key);

  const failedEvents = { activity: "TaskFailed", child: "SubOrchestrationInstanceFailed" };
  for (const [kind, failed] of Object.entries(failedEvents)) {
    it(`fail an instance that cancels the deadline of a repeated ${kind} and goes on`, async () => {
      const id = await hub.start("retry-against-deadline", { input: kind });
      await untilInHistory(id, failed);
      hub.advance(hourMs);
      const { runtimeStatus, output } = await hub.end(id);
      assert.equal(runtimeStatus, "Failed");
      assert.match(
        String(output),
        /Non-Deterministic workflow detected.*timer task with sequence number 2.*ScheduleTask/,
      );
      // What it asked for under that number is done all the same.
      await hub.app.until(() => attempted(`${id} after`));
    });
  }

  it("are begun only when all of a when-all have ended, though its failure is known", async () => {
    const id = await hub.start("fails-beside-held");
    await hub.until(id, ({ customStatus }) => customStatus === "caught");
    await hub.end(await hub.start("sequence", { input: ["meanwhile"] }));
    assert.ok(!attempted(`${id} after`));
    await hub.app.until(() => hub.app.seen("held").includes("beside"));
    hub.app.order({ kind: "proceed", what: "beside" });
    assert.equal((await hub.end(id)).output, "done at attempt 1");
    assert.ok(attempted(`${id} after`));
  });
});
