/**
 * START HERE. The one table of what flows where, in the order a message meets it:
 *
 *   POST → [commands] → handling → [events] → read models and primary reactions → GET
 *
 * Each row of `doors` and `feeds` is a trigger: `functions/` has one file for each, and nothing else in it.
 */
import { acceptCommand } from "./commands/accept.ts";
import { type RequestKind, requestKinds } from "./commands/requests.ts";
import { containers } from "./containers.ts";
import type { HttpHandler } from "./platform/http/exchange.ts";
import { withProblems } from "./platform/http/problem.ts";
import { pastBalance, showAccount } from "./queries/accounts.ts";
import { commandStatus } from "./queries/command-status.ts";
import { showStatement } from "./queries/statement.ts";
import { showTotals } from "./queries/totals.ts";
import { showTransfer } from "./queries/transfers.ts";
import { replayDeadLetters, showDeadLetters } from "./recovery/replay.ts";
import { composeSystem } from "./system.ts";

const system = composeSystem();
const { accounts, clock, commands, deadLetters, settings, statuses, store } = system;

// ── 1. The doors: HTTP in ────────────────────────────────────────────────────────────────────────────────────────────

type Method = "GET" | "POST";

function door<M extends Method, A extends "anonymous" | "function">(
  row: { method: M; route: string; authLevel: A },
  handler: HttpHandler,
): { methods: M[]; route: string; authLevel: A; handler: HttpHandler } {
  const { method, route, authLevel } = row;
  return { methods: [method], route, authLevel, handler: withProblems(handler) };
}

const post = (route: string) => ({ method: "POST", route, authLevel: "anonymous" }) as const;
const get = (route: string) => ({ method: "GET", route, authLevel: "anonymous" }) as const;
const operators = { authLevel: "function" } as const;

const byCustomer = (kind: RequestKind): HttpHandler =>
  acceptCommand({ kind, actor: "customer" }, { commands, statuses, clock });
const byOperator = (kind: RequestKind): HttpHandler =>
  acceptCommand({ kind, actor: "operator" }, { commands, statuses, clock });

/** Commands: each POST stores one command in [commands]. */
export const commandDoors = {
  openAccount: door(post("accounts"), byCustomer(requestKinds.openAccount)),
  loadCredits: door(post("accounts/{accountId}/loads"), byCustomer(requestKinds.loadCredits)),
  sendCredits: door(post("accounts/{accountId}/transfers"), byCustomer(requestKinds.sendCredits)),
  closeAccount: door(post("accounts/{accountId}/closure"), byCustomer(requestKinds.closeAccount)),
  freezeAccount: door(
    { ...post("operator/accounts/{accountId}/freeze"), ...operators },
    byOperator(requestKinds.freezeAccount),
  ),
  unfreezeAccount: door(
    { ...post("operator/accounts/{accountId}/unfreeze"), ...operators },
    byOperator(requestKinds.unfreezeAccount),
  ),
};

// ── 2. The feeds: what is stored moves on ────────────────────────────────────────────────────────────────────────────

/**
 * At least once, in order within a stream. `startFromBeginning` counts only until a lease exists: without it the first
 * changes of a fresh deployment could be missed. Retried for ever, because the stages throw for platform faults alone.
 */
function feed(containerName: string, handle: (documents: never[]) => Promise<void>) {
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
    handler: (documents: unknown[]): Promise<void> => handle(documents as never[]),
  } as const;
}

export const feeds = {
  /** [commands] → handling → [events] */
  handleCommands: feed(containers.commands.id, system.handleCommands),
  /** [events] → the primary event handler → read models, then primary reactions → handling → [events] */
  handleEvents: feed(containers.events.id, system.handleEvents),
};

// ── 3. The views: HTTP out ───────────────────────────────────────────────────────────────────────────────────────────

export const queryDoors = {
  showCommand: door(get("commands/{stream}/{commandId}"), commandStatus(commands, statuses)),
  showAccount: door(get("accounts/{accountId}"), showAccount(accounts)),
  pastBalance: door(get("accounts/{accountId}/balance"), pastBalance(store)),
  showStatement: door(get("accounts/{accountId}/statement"), showStatement(store)),
  showTransfer: door(get("transfers/{transferId}"), showTransfer(store)),
  showTotals: door({ ...get("operator/totals"), ...operators }, showTotals(accounts)),
};

// ── 4. Recovery ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const recoveryDoors = {
  showDeadLetters: door(
    { ...get("operator/dead-letters"), ...operators },
    showDeadLetters(deadLetters),
  ),
  replayDeadLetters: door(
    { ...post("operator/dead-letters/replay"), ...operators },
    replayDeadLetters(deadLetters, system.replayers),
  ),
};
