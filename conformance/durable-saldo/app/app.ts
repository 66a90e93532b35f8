/**
 * Both versions of the transfer process, with activities that stand in for the rest of Saldo: how a transfer stands is set
 * from outside, and what the process does is noted.
 */
import { app } from "@azure/functions";
import * as df from "durable-functions";
import {
  azureTimers,
  driveProcess,
  leadTransfer,
  plainTimers,
  signalShownBy,
  transferProcess,
  withInstances,
  type Instances,
  type IntegrationEvent,
  type IssueInput,
  type TransferCause,
} from "../project.ts";
import type { InstanceCall, ShownTransfer } from "../transfers.ts";

/** The timer policies of the versions. Five days are forty seconds here: less than the longest timer of host.json. */
const versions = { v1: plainTimers, v2: { ...azureTimers, longestMs: 40_000 } };

const activityNames = { look: "look-at-transfer", issue: "issue-commands" };
const views = new Map<string, ShownTransfer>();
const acts = new Map<string, string[]>();

const sleep = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function actsOf(id: string): string[] {
  const noted = acts.get(id) ?? [];
  acts.set(id, noted);
  return noted;
}

function viewOf(id: string): ShownTransfer {
  const view = views.get(id);
  if (view === undefined) throw new Error(`Nothing is set of the transfer ${id}.`);
  return view;
}

/** Whether a command that is due at an instant comes before it. */
const isEarly = (type: string, { scheduledFor, expiresAt }: ShownTransfer): boolean =>
  (type === "StartTransfer" &&
    scheduledFor !== undefined &&
    Date.now() < Date.parse(scheduledFor)) ||
  (type === "ExpireTransfer" && expiresAt !== undefined && Date.now() < Date.parse(expiresAt));

df.app.activity(activityNames.look, {
  handler: async (id: string) => {
    const view = viewOf(id);
    const noted = actsOf(id);
    noted.push(`look: ${view.stage}`);
    const looks = noted.filter((act) => act.startsWith("look")).length;
    await sleep(view.lookMs);
    if (looks <= (view.failingLooks ?? 0)) throw new Error("The platform is unavailable.");
    return signalShownBy(view);
  },
});

df.app.activity(activityNames.issue, {
  handler: async ({ commands }: IssueInput<TransferCause>) => {
    for (const { command, commandId } of commands) {
      const { transferId, amountE4 } = command.data as {
        readonly transferId: string;
        readonly amountE4?: number;
      };
      const view = viewOf(transferId);
      const parts = [command.type, commandId, amountE4, isEarly(command.type, view) ? "early" : ""];
      actsOf(transferId).push(parts.filter((part) => part !== undefined && part !== "").join(" "));
      await sleep(view.issueMs);
    }
  },
});

/** A function that is invoked from outside only. Event Grid hands over its input in the same way. */
const trigger = { type: "eventGridTrigger", name: "input", direction: "in" } as const;

app.generic("set", {
  trigger,
  handler: (view: ShownTransfer) => {
    views.set(view.id, { ...views.get(view.id), ...view });
  },
});
app.generic("acts", {
  trigger,
  handler: ({ id }: { readonly id: string }) => ({ acts: actsOf(id) }),
});

for (const [version, timers] of Object.entries(versions)) {
  const orchestrator = `transfer-process-${version}`;
  df.app.orchestration(orchestrator, driveProcess(transferProcess, activityNames, timers));
  app.generic(`lead-${version}`, {
    trigger,
    ...withInstances(orchestrator, (event: IntegrationEvent, instances) =>
      leadTransfer(event, instances),
    ),
  });
  app.generic(`instances-${version}`, {
    trigger,
    ...withInstances<InstanceCall, object>(orchestrator, async (call, instances) => ({
      answer: (await callInstances(call, instances)) ?? null,
    })),
  });
}

function callInstances(call: InstanceCall, instances: Instances): Promise<unknown> {
  switch (call.method) {
    case "status":
      return instances.status(call.id);
    case "start":
      return instances.start(call.id);
    case "signal":
      return instances.signal(call.id, null);
    case "forget":
      return instances.forget(call.beforeMs, (id) => !call.needed.includes(id));
  }
}
