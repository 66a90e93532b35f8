/**
 * START HERE. The one table of what flows where, in the order a message meets it:
 *
 *   POST → [commands] → handling → [events] → read models and primary reactions → GET
 *                                        └──→ Event Grid → notifications, revenue, the process of a transfer → [commands]
 *
 * Each row is a trigger: `functions/` has one file for each, and nothing else in it.
 */
import { transferProcess } from "../domain/account/transfer.process.ts";
import { type CallerHandler, guardOf } from "./kernel/access/guard.ts";
import { identification } from "./kernel/access/identify.ts";
import { type Action, rules } from "./modules/rules.ts";
import { walletResources } from "./modules/account/resource.ts";
import { intentionOf } from "./modules/account/read-intention.ts";
import { readAccessSettings } from "./kernel/access/settings.ts";
import { showAccess } from "./kernel/access/show-access.ts";
import { acceptCommand } from "./kernel/ingress/accept.ts";
import { type RequestKind, requestKinds } from "./modules/account/requests.ts";
import { containers } from "./containers.ts";
import {
  showContract,
  showContractPage,
  showEventCatalogue,
  showEventsPage,
} from "./contract/show-contract.ts";
import { steadyClock } from "./platform/clock.ts";
import { fromFeed } from "./platform/stored-texts.ts";
import { flushTelemetry, startTelemetry } from "./platform/telemetry/start-telemetry.ts";
import { measuredBatch } from "./platform/telemetry/feeds.ts";
import { azureTimers, driveProcess, plainTimers } from "./platform/durable/drive-process.ts";
import { withInstances } from "./platform/durable/instances.ts";
import { tokenVerifier } from "./platform/identity/token-verifier.ts";
import type { HttpHandler, HttpRequest } from "./platform/http/exchange.ts";
import { traced } from "./platform/http/traced.ts";
import { withProblems } from "./platform/http/problem.ts";
import { leadTransfer } from "./modules/transfer/lead-transfer.ts";
import { issueCommands, lookAtTransfer } from "./modules/transfer/transfer-activities.ts";
import { showProcesses, watchTransfers } from "./modules/transfer/watch-transfers.ts";
import { pastBalance, showAccount } from "./modules/account/show-account.ts";
import { commandStatus } from "./kernel/ingress/command-status.ts";
import { showLiveness, showReadiness } from "./kernel/operations/health.ts";
import {
  showNotifications,
  streamNotifications,
} from "./modules/notifications/show-notifications.ts";
import { showRevenue } from "./modules/daily-revenue/show-revenue.ts";
import { showStatement } from "./modules/account/statement.ts";
import { showTotals, systemTotals } from "./modules/totals/totals.ts";
import { receiversIn, showApprovals, showTransfer } from "./modules/transfer/show-transfer.ts";
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
import { discardDeadLetter, repairDeadLetter } from "./kernel/operations/decide.ts";
import { replayDeadLetters, replayStage, replayWaiting } from "./kernel/operations/replay.ts";
import { showDeadLetter, showDeadLetters } from "./kernel/operations/show.ts";
import { functionSubscriptions } from "./subscriptions.ts";
import { composeSystem } from "./system.ts";

const system = composeSystem();
startTelemetry(system.settings);
const { accounts, clock, commands, outbox, recovery, revenue, settings, statuses } = system;
const { store, transfers } = system;
const { deadLetters } = recovery;

/** What new instances of the process are started with. */
const transferProcessName = "transfer-process-v2";
const activityNames = { look: "look-at-transfer", issue: "issue-commands" };
const watch = watchTransfers(system);
const totals = systemTotals(accounts);
const showUnended = showProcesses(system);
const measureWaiting = measureTransfers(system);
const measureLanes = measureParked(deadLetters);

// ── 1. The doors: HTTP in ────────────────────────────────────────────────────────────────────────────────────────────

type Method = "GET" | "POST";

/** `anonymous` to the host, which knows keys alone: who may come in is said by `src/modules/rules.ts`. */
type Route = {
  readonly methods: Method[];
  readonly route: string;
  readonly authLevel: "anonymous";
};

const access = readAccessSettings();
const guard = guardOf({
  identify: identification(tokenVerifier({ ...access, clock }), access, clock),
  resourceOf: walletResources({ ownerOf: system.ownerOf, receiverOf: receiversIn(store) }),
});

function door(
  action: Action,
  route: Route,
  handler: CallerHandler,
): Route & { handler: HttpHandler } {
  return openDoor(route, guard(rules[action], handler));
}

/** Anybody may come in here: nothing is told of anybody. */
function openDoor(route: Route, handler: HttpHandler): Route & { handler: HttpHandler } {
  const [method = ""] = route.methods;
  return { ...route, handler: traced(method, route.route, withProblems(handler)) };
}

const post = (route: string): Route => ({ methods: ["POST"], route, authLevel: "anonymous" });
const get = (route: string): Route => ({ methods: ["GET"], route, authLevel: "anonymous" });
const operatorsPost = (route: string): Route => post(`operator/${route}`);
const operatorsGet = (route: string): Route => get(`operator/${route}`);

const byCustomer = (kind: RequestKind): CallerHandler =>
  acceptCommand(intentionOf({ kind, actor: "customer" }, system), system);
const byOperator = (kind: RequestKind): CallerHandler =>
  acceptCommand(intentionOf({ kind, actor: "operator" }, system), system);

export const accessDoors = {
  showAccess: openDoor(get(".well-known/oauth-protected-resource"), showAccess(access)),
};

/** Commands: each POST stores one command in [commands]. */
export const commandDoors = {
  openAccount: door("openAccount", post("accounts"), byCustomer(requestKinds.openAccount)),
  loadCredits: door(
    "loadCredits",
    post("accounts/{accountId}/loads"),
    byCustomer(requestKinds.loadCredits),
  ),
  sendCredits: door(
    "sendCredits",
    post("accounts/{accountId}/transfers"),
    byCustomer(requestKinds.sendCredits),
  ),
  cancelTransfer: door(
    "cancelTransfer",
    post("accounts/{accountId}/transfers/{transferId}/cancellation"),
    byCustomer(requestKinds.cancelTransfer),
  ),
  closeAccount: door(
    "closeAccount",
    post("accounts/{accountId}/closure"),
    byCustomer(requestKinds.closeAccount),
  ),
  freezeAccount: door(
    "freezeAccount",
    operatorsPost("accounts/{accountId}/freeze"),
    byOperator(requestKinds.freezeAccount),
  ),
  unfreezeAccount: door(
    "unfreezeAccount",
    operatorsPost("accounts/{accountId}/unfreeze"),
    byOperator(requestKinds.unfreezeAccount),
  ),
  approveTransfer: door(
    "approveTransfer",
    operatorsPost("transfers/{transferId}/approval"),
    byOperator(requestKinds.approveTransfer),
  ),
  denyTransfer: door(
    "denyTransfer",
    operatorsPost("transfers/{transferId}/denial"),
    byOperator(requestKinds.denyTransfer),
  ),
};

// ── 2. The feeds: what is stored moves on ────────────────────────────────────────────────────────────────────────────

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

// ── 3. The reactions: Event Grid in, at least once and in no order ───────────────────────────────────────────────────

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

// ── 4. The processes: what waits for people and time ─────────────────────────────────────────────────────────────────

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
    handler: replayStage("publishing", recovery),
  },
  /** Lets go on what waits behind nothing. */
  replayWaiting: { schedule: settings.watchSchedule, handler: replayWaiting(recovery) },
};

// ── 5. The views: HTTP out ───────────────────────────────────────────────────────────────────────────────────────────

export const queryDoors = {
  showCommand: door(
    "showCommand",
    get("commands/{stream}/{commandId}"),
    commandStatus(commands, statuses),
  ),
  showAccount: door("showAccount", get("accounts/{accountId}"), showAccount(accounts)),
  pastBalance: door("pastBalance", get("accounts/{accountId}/balance"), pastBalance(store)),
  showStatement: door("showStatement", get("accounts/{accountId}/statement"), showStatement(store)),
  showTransfer: door("showTransfer", get("transfers/{transferId}"), showTransfer(store, transfers)),
  showNotifications: door(
    "showNotifications",
    get("accounts/{accountId}/notifications"),
    showNotifications({ outbox, clock: steadyClock }),
  ),
  streamNotifications: door(
    "streamNotifications",
    get("accounts/{accountId}/notifications/stream"),
    streamNotifications({ outbox, clock: steadyClock }),
  ),
  showRevenue: door("showRevenue", operatorsGet("revenue"), showRevenue(revenue)),
  showTotals: door("showTotals", operatorsGet("totals"), showTotals(totals)),
  showApprovals: door("showApprovals", operatorsGet("approvals"), showApprovals(transfers)),
  showProcesses: {
    ...operatorsGet("processes"),
    ...withInstances(transferProcessName, (request: HttpRequest, instances, context) =>
      withProblems(guard(rules.showProcesses, () => showUnended(instances)))(request, context),
    ),
  },
};

/** Untraced: whoever watches asks all the time. */
export const healthDoors = {
  showLiveness: { ...get("health/live"), handler: showLiveness },
  showReadiness: { ...get("health/ready"), handler: withProblems(showReadiness(accounts)) },
};

// ── 6. Recovery ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const recoveryDoors = {
  showDeadLetters: door("showDeadLetters", operatorsGet("dead-letters"), showDeadLetters(recovery)),
  showDeadLetter: door(
    "showDeadLetter",
    operatorsGet("dead-letters/{id}"),
    showDeadLetter(recovery),
  ),
  replayDeadLetters: door(
    "replayDeadLetters",
    operatorsPost("dead-letters/replay"),
    replayDeadLetters(recovery),
  ),
  repairDeadLetter: door(
    "repairDeadLetter",
    operatorsPost("dead-letters/{id}/repair"),
    repairDeadLetter(recovery, clock),
  ),
  discardDeadLetter: door(
    "discardDeadLetter",
    operatorsPost("dead-letters/{id}/discard"),
    discardDeadLetter(recovery, clock),
  ),
};

// ── 7. The contract: what all of this promises to others ─────────────────────────────────────────────────────────────

export const contractDoors = {
  showContract: openDoor(get("openapi.json"), showContract),
  showEventCatalogue: openDoor(get("asyncapi.json"), showEventCatalogue),
  showContractPage: openDoor(get("docs"), showContractPage),
  showEventsPage: openDoor(get("docs/events"), showEventsPage),
};

// ── 8. The end of an instance ────────────────────────────────────────────────────────────────────────────────────────

export const endings = { flushTelemetry };
