/** The names of all functions are a contract: leases, subscriptions, dashboards and scaling rules go by them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { localKeys } from "../../scripts/local-azure.ts";
import { startLocalSystem } from "../support/local-system.ts";

const { functionsUrl } = await startLocalSystem();

const names = {
  httpTrigger: [
    ...["approve-transfer", "cancel-transfer", "close-account", "deny-transfer"],
    ...["discard-dead-letter", "freeze-account", "load-credits", "open-account", "past-balance"],
    ...["repair-dead-letter", "replay-dead-letters", "send-credits", "show-access", "show-account"],
    ...["show-approvals", "show-command", "show-contract", "show-contract-page"],
    ...["show-dead-letter", "show-dead-letters", "show-event-catalogue", "show-events-page"],
    ...["show-liveness", "show-notifications", "show-processes", "show-readiness", "show-revenue"],
    ...["show-statement", "show-totals", "show-transfer", "stream-notifications"],
    "unfreeze-account",
  ],
  cosmosDBTrigger: ["handle-commands", "handle-events"],
  eventGridTrigger: ["count-revenue", "lead-transfer", "notify-owners"],
  orchestrationTrigger: ["transfer-process-v1", "transfer-process-v2"],
  activityTrigger: ["issue-commands", "look-at-transfer"],
  timerTrigger: [
    ...["measure-money", "measure-state", "publish-held", "replay-waiting", "watch-transfers"],
  ],
};

test("the host finds every function under its name, and no other", async () => {
  const response = await fetch(`${functionsUrl}/admin/functions`, {
    headers: { "x-functions-key": localKeys.master },
  });
  const found = (await response.json()) as { name: string; trigger: string; error?: string }[];
  const told = [...Map.groupBy(found, ({ trigger }) => trigger)].map(([type, all]) => [
    type,
    all.map(({ name }) => name).toSorted(),
  ]);
  assert.deepEqual(Object.fromEntries(told), names);
  assert.deepEqual(
    found.filter(({ error }) => error !== undefined),
    [],
  );
});
