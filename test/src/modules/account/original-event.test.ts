/** Reasons that look like dates: the trigger hands over something else, and the owner is told what was written. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commitId, type Commit } from "../../../../src/kernel/messages/commit.ts";
import type { IntegrationEvent } from "../../../../src/modules/account/integration-events.ts";
import { toIntegrationEvents } from "../../../../src/modules/account/to-integration-events.ts";
import type { Notification } from "../../../../src/modules/notifications/notifications-of.ts";
import { notifyOwners } from "../../../../src/modules/notifications/notify-owners.ts";
import { originalsIn } from "../../../../src/modules/account/original-event.ts";
import { ada, bob } from "../../../support/reactions.ts";

const transferId = `${ada}-00000000000000000001`;

/** Of Ada's stream, in which somebody approves one transfer and denies another for the same reason. */
function commitWith(reason: string): Commit {
  const transfer = { from: ada, to: bob, amountE4: 10_000_000, currency: "EUR", isManaged: true };
  const balance = { availableE4: 0, inFlightE4: 0 };
  const common = { ...transfer, approver: "grace@bank.example", reason };
  const outcome = (commandId: string, type: string): Commit["outcomes"][number] => ({
    ...{ commandId, type, correlationId: commandId, causationId: commandId, traceparent: "old" },
    acceptedAt: "2026-01-31T12:00:00.000Z",
    actor: "approver:grace@bank.example",
    events: 1,
    status: "accepted",
  });
  return {
    id: commitId(3),
    stream: `account-${ada}`,
    number: 3,
    version: 9,
    at: "2026-01-31T12:00:00.000Z",
    events: [
      { type: "TransferApproved", data: { ...common, transferId }, v: 1 },
      { type: "TransferDenied", data: { ...common, transferId: `${transferId}x`, balance }, v: 1 },
    ],
    outcomes: [outcome("c1", "ApproveTransfer"), outcome("c2", "DenyTransfer")],
    commandIds: ["c1", "c2"],
    snapshot: { fold: 0, state: {} },
    recent: { seen: [], newestMs: 0, forgottenUpToMs: 0 },
  };
}

/** The events of a commit, as they arrive when the host has rewritten the reason in them. */
function arriving(commit: Commit, reason: string): readonly IntegrationEvent[] {
  return toIntegrationEvents(commit).map(
    (event) => ({ ...event, data: { ...event.data, reason } }) as IntegrationEvent,
  );
}

/** What owners are told by these events, and how often the store was asked. */
async function told(
  commits: readonly Commit[],
  events: readonly IntegrationEvent[],
): Promise<{ notifications: readonly Notification[]; queries: number }> {
  const notifications: Notification[] = [];
  let queries = 0;
  const findByCommands = (stream: string, ids: readonly string[]): Promise<readonly Commit[]> => {
    queries += 1;
    const hits = commits.filter((commit) => commit.stream === stream);
    return Promise.resolve(
      hits.filter(({ commandIds }) => ids.some((id) => commandIds.includes(id))),
    );
  };
  const post = (one: Notification): Promise<void> => Promise.resolve(void notifications.push(one));
  const handle = notifyOwners({ post }, originalsIn({ findByCommands }));
  for (const event of events) await handle(event);
  return { notifications, queries };
}

describe("a reason that looks like a date", () => {
  for (const [written, arrived] of [
    ["2026-05-01T10:00:00+02:00", "2026-05-01T08:00:00+00:00"],
    ["/Date(0)/", "1970-01-01T00:00:00Z"],
    ["2026-05-01T10:00:00.5Z", "2026-05-01T10:00:00.500Z"],
    ["/Date(253402300800000)/", " /Date(253402300800000)/"],
  ] as const)
    test(`is told as ${written} although it arrives as ${arrived}`, async () => {
      const commit = commitWith(written);
      const { notifications } = await told([commit], arriving(commit, arrived));
      assert.deepEqual(
        notifications.map(({ type, reason }) => [type, reason]),
        [
          ["transfer_approved", written],
          ["transfer_denied", written],
        ],
      );
    });

  test("costs a query; any other reason costs nothing", async () => {
    const commit = commitWith("unusual");
    const { notifications, queries } = await told([commit], arriving(commit, "unusual"));
    assert.deepEqual([notifications.length, queries], [2, 0]);
    const like = await told([commit], arriving(commit, "2026-05-01T10:00:00"));
    assert.deepEqual([like.notifications.length, like.queries], [2, 2]);
  });

  test("of an event that no commit tells is not told at all: the event comes again", async () => {
    const events = arriving(commitWith("/Date(0)/"), "1970-01-01T00:00:00Z");
    await assert.rejects(told([], events), /No commit of account-\w+ tells the event/);
  });
});
