/**
 * START HERE. The one table of what flows where, in the order a message meets it:
 *
 *   POST → [commands] → handling → [events] → read models and primary reactions → GET
 *                                        └──→ Event Grid → notifications, revenue, the process of a transfer → [commands]
 *
 * Each row is a trigger; endpoints have a table of their own, `src/endpoints.ts`. `functions/` registers them all: it has one
 * file for each kind of trigger, and nothing else.
 */
import { transferProcess } from "../domain/account/transfer.process.ts";
import { containers } from "./containers.ts";
import { fromFeed } from "./platform/stored-texts.ts";
import { flushTelemetry } from "./platform/telemetry/start-telemetry.ts";
import { measuredBatch } from "./platform/telemetry/feeds.ts";
import { azureTimers, driveProcess, plainTimers } from "./platform/durable/drive-process.ts";
import { withInstances } from "./platform/durable/instances.ts";
import { leadTransfer } from "./modules/transfer/lead-transfer.ts";
import { issueCommands, lookAtTransfer } from "./modules/transfer/transfer-activities.ts";
import { watchTransfers } from "./modules/transfer/watch-transfers.ts";
import { systemTotals } from "./modules/totals/totals.ts";
import { countRevenue } from "./modules/daily-revenue/count-revenue.ts";
import { notifyOwners } from "./modules/notifications/notify-owners.ts";
import { originalsIn } from "./modules/account/original-event.ts";
import {
  reacting,
  reaction,
  readIntegrationEvent,
} from "./modules/account/read-integration-event.ts";
import { measureParked } from "./kernel/operations/measure-parked.ts";
import { measureMoney } from "./modules/totals/measure-money.ts";
import { measureTransfers } from "./modules/transfer/measure-transfers.ts";
import { isHeld, isWaitingForNothing, replayLanes } from "./kernel/operations/replay.ts";
import { functionSubscriptions } from "./subscriptions.ts";
import { system } from "./instance.ts";
import { activityNames, transferProcessName } from "./modules/transfer/process-names.ts";

const { accounts, outbox, recovery, revenue, settings, store, transfers } = system;
const watch = watchTransfers(system);
const totals = systemTotals(accounts);
const measureWaiting = measureTransfers(system);
const measureLanes = measureParked(recovery.deadLetters);

// ── 1. The feeds: what is stored moves on ────────────────────────────────────────────────────────────────────────────

/**
 * At least once, in order within a stream. `startFromBeginning` counts only until a lease exists: without it the first
 * changes of a fresh deployment could be missed. Retried for ever, because the stages throw for platform faults alone.
 */
function feed(containerName: string, handle: (documents: readonly object[]) => Promise<void>) {
  return {
    connection: "COSMOS",
    databaseName: settings.database,
    containerName,
    leaseContainerName: containers.leases.id,
    leaseContainerPrefix: `${containerName}.`,
    startFromBeginning: true,
    feedPollDelay: settings.feedPollDelayMs,
    leaseAcquireInterval: settings.leases.acquireIntervalMs,
    leaseRenewInterval: settings.leases.renewIntervalMs,
    leaseExpirationInterval: settings.leases.expirationIntervalMs,
    maxItemsPerInvocation: 200,
    retry: {
      strategy: "exponentialBackoff",
      maxRetryCount: -1,
      minimumInterval: { seconds: 1 },
      maximumInterval: { seconds: 30 },
    },
    handler: (delivered: object[]): Promise<void> =>
      measuredBatch(containerName, delivered.map(fromFeed), handle),
  } as const;
}

export const feeds = {
  /** [commands] → handling → [events] */
  handleCommands: feed(containers.commands.id, system.handleCommands),
  /** [events] → the primary event handler → read models, then primary reactions → handling → [events], then Event Grid */
  handleEvents: feed(containers.events.id, system.handleEvents),
};

// ── 2. The reactions: Event Grid in, at least once and in no order ───────────────────────────────────────────────────

export const reactions = {
  /** → [notifications] */
  notifyOwners: {
    ...functionSubscriptions.notifyOwners,
    trigger: { handler: reaction("notify-owners", notifyOwners(outbox, originalsIn(store))) },
  },
  /** → [daily-revenue] */
  countRevenue: {
    ...functionSubscriptions.countRevenue,
    trigger: { handler: reaction("count-revenue", countRevenue(revenue)) },
  },
  /** → the process of a transfer */
  leadTransfer: {
    ...functionSubscriptions.leadTransfer,
    trigger: withInstances(transferProcessName, async (raw: unknown, instances) => {
      const event = readIntegrationEvent(raw);
      if (event !== undefined)
        await reacting("lead-transfer", event, (continued) => leadTransfer(continued, instances));
    }),
  },
};

// ── 3. The processes: what waits for people and time ─────────────────────────────────────────────────────────────────

/** Each version stays until its last instance has ended, since it replays them: docs/adr/0010-processes.md. */
export const processes = {
  transferV1: {
    name: "transfer-process-v1",
    orchestration: { handler: driveProcess(transferProcess, activityNames, plainTimers) },
  },
  transferV2: {
    name: transferProcessName,
    orchestration: { handler: driveProcess(transferProcess, activityNames, azureTimers) },
  },
};

export const activities = {
  lookAtTransfer: { name: activityNames.look, options: { handler: lookAtTransfer(transfers) } },
  /** → [commands] */
  issueCommands: { name: activityNames.issue, options: { handler: issueCommands(system) } },
};

export const timers = {
  /** Nudges the processes whose next step is overdue. */
  watchTransfers: {
    schedule: settings.watchSchedule,
    ...withInstances(transferProcessName, (_: unknown, instances, context) =>
      watch(instances, context),
    ),
  },
  /** Tells telemetry what waits and what is parked. */
  measureState: {
    schedule: settings.watchSchedule,
    handler: async (): Promise<void> => {
      await measureWaiting();
      await measureLanes();
    },
  },
  /** Tells telemetry whether the money adds up. */
  measureMoney: { schedule: settings.auditSchedule, handler: measureMoney(totals) },
  /** Publishes what waited for the topic. */
  publishHeld: {
    schedule: settings.watchSchedule,
    handler: replayLanes(isHeld, recovery),
  },
  /** Replays what only waits, and behind nothing that has failed. */
  replayWaiting: {
    schedule: settings.watchSchedule,
    handler: replayLanes(isWaitingForNothing, recovery),
  },
};

// ── 4. The end of an instance ────────────────────────────────────────────────────────────────────────────────────────

export const endings = { flushTelemetry };

/** The name of a row's function: `sendCredits` → `send-credits`. */
export function functionName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
