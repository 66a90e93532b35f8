/** Every endpoint: HTTP in, and HTTP out. Each row is a function, registered by `functions/http.ts`. */
import { type CallerHandler, guardOf } from "./kernel/access/guard.ts";
import { identification } from "./kernel/access/identify.ts";
import { type Action, rules } from "./modules/rules.ts";
import { walletResources } from "./modules/account/resource.ts";
import { intentionOf } from "./modules/account/read-intention.ts";
import { readAccessSettings } from "./kernel/access/settings.ts";
import { showAccess } from "./kernel/access/show-access.ts";
import { acceptCommand } from "./kernel/ingress/accept.ts";
import { type RequestKind, requestKinds } from "./modules/account/requests.ts";
import {
  showContract,
  showContractPage,
  showEventCatalogue,
  showEventsPage,
} from "./contract/show-contract.ts";
import { steadyClock } from "./platform/clock.ts";
import { withInstances } from "./platform/durable/instances.ts";
import { tokenVerifier } from "./platform/identity/token-verifier.ts";
import type { HttpHandler, HttpRequest } from "./platform/http/exchange.ts";
import { traced } from "./platform/http/traced.ts";
import { withProblems } from "./platform/http/problem.ts";
import { showProcesses } from "./modules/transfer/watch-transfers.ts";
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
import { discardDeadLetter, repairDeadLetter } from "./kernel/operations/decide.ts";
import { replayDeadLetters } from "./kernel/operations/replay.ts";
import { showDeadLetter, showDeadLetters } from "./kernel/operations/show.ts";
import { system } from "./instance.ts";
import { transferProcessName } from "./modules/transfer/process-names.ts";

const { accounts, clock, commands, outbox, recovery, revenue, statuses, store, transfers } = system;
const totals = systemTotals(accounts);
const showUnended = showProcesses(system);

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

function endpoint(
  action: Action,
  route: Route,
  handler: CallerHandler,
): Route & { handler: HttpHandler } {
  return openEndpoint(route, guard(rules[action], handler));
}

/** Open to everybody: nothing is told of anybody. */
function openEndpoint(route: Route, handler: HttpHandler): Route & { handler: HttpHandler } {
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

const accessEndpoints = {
  showAccess: openEndpoint(get(".well-known/oauth-protected-resource"), showAccess(access)),
};

/** Commands: each POST stores one command in [commands]. */
const commandEndpoints = {
  openAccount: endpoint("openAccount", post("accounts"), byCustomer(requestKinds.openAccount)),
  loadCredits: endpoint(
    "loadCredits",
    post("accounts/{accountId}/loads"),
    byCustomer(requestKinds.loadCredits),
  ),
  sendCredits: endpoint(
    "sendCredits",
    post("accounts/{accountId}/transfers"),
    byCustomer(requestKinds.sendCredits),
  ),
  cancelTransfer: endpoint(
    "cancelTransfer",
    post("accounts/{accountId}/transfers/{transferId}/cancellation"),
    byCustomer(requestKinds.cancelTransfer),
  ),
  closeAccount: endpoint(
    "closeAccount",
    post("accounts/{accountId}/closure"),
    byCustomer(requestKinds.closeAccount),
  ),
  freezeAccount: endpoint(
    "freezeAccount",
    operatorsPost("accounts/{accountId}/freeze"),
    byOperator(requestKinds.freezeAccount),
  ),
  unfreezeAccount: endpoint(
    "unfreezeAccount",
    operatorsPost("accounts/{accountId}/unfreeze"),
    byOperator(requestKinds.unfreezeAccount),
  ),
  approveTransfer: endpoint(
    "approveTransfer",
    operatorsPost("transfers/{transferId}/approval"),
    byOperator(requestKinds.approveTransfer),
  ),
  denyTransfer: endpoint(
    "denyTransfer",
    operatorsPost("transfers/{transferId}/denial"),
    byOperator(requestKinds.denyTransfer),
  ),
};

// The views: HTTP out

const queryEndpoints = {
  showCommand: endpoint(
    "showCommand",
    get("commands/{stream}/{commandId}"),
    commandStatus(commands, statuses),
  ),
  showAccount: endpoint("showAccount", get("accounts/{accountId}"), showAccount(accounts)),
  pastBalance: endpoint("pastBalance", get("accounts/{accountId}/balance"), pastBalance(store)),
  showStatement: endpoint(
    "showStatement",
    get("accounts/{accountId}/statement"),
    showStatement(store),
  ),
  showTransfer: endpoint(
    "showTransfer",
    get("transfers/{transferId}"),
    showTransfer(store, transfers),
  ),
  showNotifications: endpoint(
    "showNotifications",
    get("accounts/{accountId}/notifications"),
    showNotifications({ outbox, clock: steadyClock }),
  ),
  streamNotifications: endpoint(
    "streamNotifications",
    get("accounts/{accountId}/notifications/stream"),
    streamNotifications({ outbox, clock: steadyClock }),
  ),
  showRevenue: endpoint("showRevenue", operatorsGet("revenue"), showRevenue(revenue)),
  showTotals: endpoint("showTotals", operatorsGet("totals"), showTotals(totals)),
  showApprovals: endpoint("showApprovals", operatorsGet("approvals"), showApprovals(transfers)),
  showProcesses: {
    ...operatorsGet("processes"),
    ...withInstances(transferProcessName, (request: HttpRequest, instances, context) =>
      withProblems(guard(rules.showProcesses, () => showUnended(instances)))(request, context),
    ),
  },
};

/** Untraced: whoever watches asks all the time. */
const healthEndpoints = {
  showLiveness: { ...get("health/live"), handler: showLiveness },
  showReadiness: { ...get("health/ready"), handler: withProblems(showReadiness(accounts)) },
};

// Recovery

const recoveryEndpoints = {
  showDeadLetters: endpoint(
    "showDeadLetters",
    operatorsGet("dead-letters"),
    showDeadLetters(recovery),
  ),
  showDeadLetter: endpoint(
    "showDeadLetter",
    operatorsGet("dead-letters/{id}"),
    showDeadLetter(recovery),
  ),
  replayDeadLetters: endpoint(
    "replayDeadLetters",
    operatorsPost("dead-letters/replay"),
    replayDeadLetters(recovery),
  ),
  repairDeadLetter: endpoint(
    "repairDeadLetter",
    operatorsPost("dead-letters/{id}/repair"),
    repairDeadLetter(recovery, clock),
  ),
  discardDeadLetter: endpoint(
    "discardDeadLetter",
    operatorsPost("dead-letters/{id}/discard"),
    discardDeadLetter(recovery, clock),
  ),
};

// The contract: what all of this promises to others

const contractEndpoints = {
  showContract: openEndpoint(get("openapi.json"), showContract),
  showEventCatalogue: openEndpoint(get("asyncapi.json"), showEventCatalogue),
  showContractPage: openEndpoint(get("docs"), showContractPage),
  showEventsPage: openEndpoint(get("docs/events"), showEventsPage),
};

/** Every endpoint there is, by the id of its operation in the contract. */
export const endpoints = {
  ...accessEndpoints,
  ...commandEndpoints,
  ...queryEndpoints,
  ...healthEndpoints,
  ...recoveryEndpoints,
  ...contractEndpoints,
};
