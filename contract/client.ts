/**
 * A typed client of Saldo's HTTP contract. Generated from openapi.json by scripts/contract.ts: do not edit.
 *
 * Every answer that the contract knows is a value, told apart by its `status`; whatever else happens throws NoAnswer.
 */
/* eslint max-lines: "off", max-lines-per-function: "off" -- generated */
import { type Answer, call, type Call, type Connection, type Input } from "./call.ts";

export type SaldoClient = {
  /** Open an account. */
  readonly openAccount: (
    input: Common & {
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
      readonly body: OpenAccount;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<
        400,
        | "idempotency_key_missing"
        | "idempotency_key_malformed"
        | "malformed_json"
        | "invalid_request"
      >
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "idempotency_key_reused">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** Load credits. */
  readonly loadCredits: (
    input: Common & {
      readonly accountId: string;
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
      readonly body: LoadCredits;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<
        400,
        | "idempotency_key_missing"
        | "idempotency_key_malformed"
        | "malformed_json"
        | "invalid_request"
      >
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "idempotency_key_reused">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** Close an empty account. */
  readonly closeAccount: (
    input: Common & {
      readonly accountId: string;
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
      readonly body: CloseAccount;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<
        400,
        | "idempotency_key_missing"
        | "idempotency_key_malformed"
        | "malformed_json"
        | "invalid_request"
      >
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "idempotency_key_reused">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** An account. */
  readonly showAccount: (
    input: Common & { readonly accountId: string; readonly traceparent?: string | undefined },
  ) => Promise<
    | Answer<200, Account>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** The balance at a past instant. */
  readonly pastBalance: (
    input: Common & {
      readonly accountId: string;
      readonly at: string;
      readonly traceparent?: string | undefined;
    },
  ) => Promise<
    | Answer<200, PastBalance>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** Movements, oldest first. */
  readonly showStatement: (
    input: Common & {
      readonly accountId: string;
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly limit?: number | undefined;
      readonly after?: string | undefined;
      readonly traceparent?: string | undefined;
    },
  ) => Promise<
    | Answer<200, StatementPage>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** Send credits. */
  readonly sendCredits: (
    input: Common & {
      readonly accountId: string;
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
      readonly body: SendCredits;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<
        400,
        | "idempotency_key_missing"
        | "idempotency_key_malformed"
        | "malformed_json"
        | "invalid_request"
      >
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "idempotency_key_reused">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** Take back a transfer that is scheduled or waits for approval. */
  readonly cancelTransfer: (
    input: Common & {
      readonly accountId: string;
      readonly transferId: string;
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
      readonly body: CancelTransfer;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<
        400,
        | "idempotency_key_missing"
        | "idempotency_key_malformed"
        | "malformed_json"
        | "invalid_request"
      >
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "idempotency_key_reused">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** A transfer and its history. */
  readonly showTransfer: (
    input: Common & { readonly transferId: string; readonly traceparent?: string | undefined },
  ) => Promise<
    | Answer<200, Transfer>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** What the owner should know, oldest first. */
  readonly showNotifications: (
    input: Common & {
      readonly accountId: string;
      readonly after?: string | undefined;
      readonly limit?: number | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
    },
  ) => Promise<
    | Answer<200, NotificationPage>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** The same, pushed. */
  readonly streamNotifications: (
    input: Common & {
      readonly accountId: string;
      readonly lastEventId?: string | undefined;
      readonly traceparent?: string | undefined;
    },
  ) => Promise<
    | Answer<200, NotificationStream>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** How far a command has got. */
  readonly showCommand: (
    input: Common & {
      readonly stream: string;
      readonly commandId: string;
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "unknown_command">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** Approve a transfer. */
  readonly approveTransfer: (
    input: Common & {
      readonly transferId: string;
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
      readonly body: ApproveTransfer;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<
        400,
        | "idempotency_key_missing"
        | "idempotency_key_malformed"
        | "malformed_json"
        | "invalid_request"
      >
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "idempotency_key_reused">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** Deny a transfer. */
  readonly denyTransfer: (
    input: Common & {
      readonly transferId: string;
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
      readonly body: DenyTransfer;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<
        400,
        | "idempotency_key_missing"
        | "idempotency_key_malformed"
        | "malformed_json"
        | "invalid_request"
      >
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "idempotency_key_reused">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** Freeze an account. */
  readonly freezeAccount: (
    input: Common & {
      readonly accountId: string;
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
      readonly body: FreezeAccount;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<
        400,
        | "idempotency_key_missing"
        | "idempotency_key_malformed"
        | "malformed_json"
        | "invalid_request"
      >
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "idempotency_key_reused">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** Open a frozen account again. */
  readonly unfreezeAccount: (
    input: Common & {
      readonly accountId: string;
      readonly until?: "handled" | "visible" | "settled" | undefined;
      readonly idempotencyKey?: string | undefined;
      readonly wait?: number | undefined;
      readonly traceparent?: string | undefined;
      readonly body: UnfreezeAccount;
    },
  ) => Promise<
    | Answer<200, CommandStatus>
    | Answer<202, CommandStatus>
    | Refused<
        400,
        | "idempotency_key_missing"
        | "idempotency_key_malformed"
        | "malformed_json"
        | "invalid_request"
      >
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "idempotency_key_reused">
    | Refused<429, "too_many_requests">
    | Refused<500, "unreadable">
    | Refused<503, "unavailable">
  >;
  /** What waits for approval. */
  readonly showApprovals: (
    input?: Common & { readonly traceparent?: string | undefined },
  ) => Promise<
    | Answer<200, Approvals>
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<429, "too_many_requests">
    | Refused<503, "unavailable">
  >;
  /** The transfers that a process leads. */
  readonly showProcesses: (
    input?: Common & { readonly traceparent?: string | undefined },
  ) => Promise<
    | Answer<200, Processes>
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<429, "too_many_requests">
    | Refused<503, "unavailable">
  >;
  /** Fees, loads and transfers of each day. */
  readonly showRevenue: (
    input: Common & {
      readonly from: string;
      readonly to: string;
      readonly traceparent?: string | undefined;
    },
  ) => Promise<
    | Answer<200, Revenue>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<429, "too_many_requests">
    | Refused<503, "unavailable">
  >;
  /** The whole system's money. */
  readonly showTotals: (
    input?: Common & { readonly traceparent?: string | undefined },
  ) => Promise<
    | Answer<200, SystemTotals>
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<429, "too_many_requests">
    | Refused<503, "unavailable">
  >;
  /** What could not be handled. */
  readonly showDeadLetters: (
    input?: Common & {
      readonly limit?: number | undefined;
      readonly lane?: string | undefined;
      readonly traceparent?: string | undefined;
    },
  ) => Promise<
    | Answer<200, DeadLetters>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<429, "too_many_requests">
    | Refused<503, "unavailable">
  >;
  /** A message that could not be handled, and what was decided about it. */
  readonly showDeadLetter: (
    input: Common & {
      readonly id: string;
      readonly lane: string;
      readonly traceparent?: string | undefined;
    },
  ) => Promise<
    | Answer<200, DeadLetterDetails>
    | Refused<400, "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<429, "too_many_requests">
    | Refused<503, "unavailable">
  >;
  /** Put another message in the place of one that cannot be handled. */
  readonly repairDeadLetter: (
    input: Common & {
      readonly id: string;
      readonly traceparent?: string | undefined;
      readonly body: RepairDeadLetter;
    },
  ) => Promise<
    | Answer<200, Replay>
    | Refused<400, "malformed_json" | "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<409, "not_possible" | "decision_conflict">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "correction_refused">
    | Refused<429, "too_many_requests">
    | Refused<503, "unavailable">
  >;
  /** Do without a message that cannot be handled. */
  readonly discardDeadLetter: (
    input: Common & {
      readonly id: string;
      readonly traceparent?: string | undefined;
      readonly body: DiscardDeadLetter;
    },
  ) => Promise<
    | Answer<200, Replay>
    | Refused<400, "malformed_json" | "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<409, "not_possible" | "decision_conflict">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<422, "correction_refused">
    | Refused<429, "too_many_requests">
    | Refused<503, "unavailable">
  >;
  /** Handle what was parked once more. */
  readonly replayDeadLetters: (
    input: Common & { readonly traceparent?: string | undefined; readonly body: ReplayDeadLetters },
  ) => Promise<
    | Answer<200, Replay>
    | Refused<400, "malformed_json" | "invalid_request">
    | Refused<401, "missing_token" | "invalid_token">
    | Refused<403, "forbidden">
    | Refused<404, "not_found">
    | Refused<413, "body_too_large">
    | Refused<415, "unsupported_media_type">
    | Refused<429, "too_many_requests">
    | Refused<503, "unavailable">
  >;
  /** Whom to ask for an access token (RFC 9728). */
  readonly showAccess: (input?: Common) => Promise<Answer<200, AccessMetadata>>;
  /** Whether this instance answers. */
  readonly showLiveness: (input?: Common) => Promise<Answer<200, Liveness>>;
  /** Whether commands can be stored and views be read. */
  readonly showReadiness: (
    input?: Common,
  ) => Promise<Answer<200, Readiness> | Answer<503, Readiness>>;
  /** This contract as OpenAPI 3.1. */
  readonly showContract: (input?: Common) => Promise<Answer<200, ContractDocument>>;
  /** What leaves through Event Grid, as AsyncAPI 3.0. */
  readonly showEventCatalogue: (input?: Common) => Promise<Answer<200, EventCatalogue>>;
  /** This contract as a page. */
  readonly showContractPage: (input?: Common) => Promise<Answer<200, WebPage>>;
  /** The events as a page. */
  readonly showEventsPage: (input?: Common) => Promise<Answer<200, WebPage>>;
};

/** A problem of this status, which can only be one of these. */
type Refused<Status extends number, Code extends Problem["code"]> = Answer<
  Status,
  Problem & { readonly code: Code }
>;

/** What every operation takes besides its own. */
type Common = { readonly signal?: AbortSignal };

export function saldoClient(connection: Connection): SaldoClient {
  const methods = Object.entries(calls).map(([name, operation]) => [
    name,
    (input: Input = {}) => call(operation, input, connection),
  ]);
  return Object.fromEntries(methods) as SaldoClient;
}

const calls: Readonly<Record<keyof SaldoClient, Call>> = {
  openAccount: {
    method: "POST",
    path: "/api/accounts",
    query: ["until"],
    headers: { "idempotency-key": "idempotencyKey", prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  loadCredits: {
    method: "POST",
    path: "/api/accounts/{accountId}/loads",
    query: ["until"],
    headers: { "idempotency-key": "idempotencyKey", prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  closeAccount: {
    method: "POST",
    path: "/api/accounts/{accountId}/closure",
    query: ["until"],
    headers: { "idempotency-key": "idempotencyKey", prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showAccount: {
    method: "GET",
    path: "/api/accounts/{accountId}",
    query: [],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  pastBalance: {
    method: "GET",
    path: "/api/accounts/{accountId}/balance",
    query: ["at"],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showStatement: {
    method: "GET",
    path: "/api/accounts/{accountId}/statement",
    query: ["from", "to", "limit", "after"],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  sendCredits: {
    method: "POST",
    path: "/api/accounts/{accountId}/transfers",
    query: ["until"],
    headers: { "idempotency-key": "idempotencyKey", prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  cancelTransfer: {
    method: "POST",
    path: "/api/accounts/{accountId}/transfers/{transferId}/cancellation",
    query: ["until"],
    headers: { "idempotency-key": "idempotencyKey", prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showTransfer: {
    method: "GET",
    path: "/api/transfers/{transferId}",
    query: [],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showNotifications: {
    method: "GET",
    path: "/api/accounts/{accountId}/notifications",
    query: ["after", "limit"],
    headers: { prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  streamNotifications: {
    method: "GET",
    path: "/api/accounts/{accountId}/notifications/stream",
    query: [],
    headers: { "last-event-id": "lastEventId", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "text/event-stream",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showCommand: {
    method: "GET",
    path: "/api/commands/{stream}/{commandId}",
    query: ["until"],
    headers: { prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  approveTransfer: {
    method: "POST",
    path: "/api/operator/transfers/{transferId}/approval",
    query: ["until"],
    headers: { "idempotency-key": "idempotencyKey", prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  denyTransfer: {
    method: "POST",
    path: "/api/operator/transfers/{transferId}/denial",
    query: ["until"],
    headers: { "idempotency-key": "idempotencyKey", prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  freezeAccount: {
    method: "POST",
    path: "/api/operator/accounts/{accountId}/freeze",
    query: ["until"],
    headers: { "idempotency-key": "idempotencyKey", prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  unfreezeAccount: {
    method: "POST",
    path: "/api/operator/accounts/{accountId}/unfreeze",
    query: ["until"],
    headers: { "idempotency-key": "idempotencyKey", prefer: "wait", traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "202": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "500": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showApprovals: {
    method: "GET",
    path: "/api/operator/approvals",
    query: [],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "429": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showProcesses: {
    method: "GET",
    path: "/api/operator/processes",
    query: [],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "429": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showRevenue: {
    method: "GET",
    path: "/api/operator/revenue",
    query: ["from", "to"],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "429": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showTotals: {
    method: "GET",
    path: "/api/operator/totals",
    query: [],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "429": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showDeadLetters: {
    method: "GET",
    path: "/api/operator/dead-letters",
    query: ["limit", "lane"],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "429": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showDeadLetter: {
    method: "GET",
    path: "/api/operator/dead-letters/{id}",
    query: ["lane"],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "429": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  repairDeadLetter: {
    method: "POST",
    path: "/api/operator/dead-letters/{id}/repair",
    query: [],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "409": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  discardDeadLetter: {
    method: "POST",
    path: "/api/operator/dead-letters/{id}/discard",
    query: [],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "409": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "422": "application/problem+json",
      "429": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  replayDeadLetters: {
    method: "POST",
    path: "/api/operator/dead-letters/replay",
    query: [],
    headers: { traceparent: "traceparent" },
    isOpen: false,
    answers: {
      "200": "application/json",
      "400": "application/problem+json",
      "401": "application/problem+json",
      "403": "application/problem+json",
      "404": "application/problem+json",
      "413": "application/problem+json",
      "415": "application/problem+json",
      "429": "application/problem+json",
      "503": "application/problem+json",
    },
  },
  showAccess: {
    method: "GET",
    path: "/api/.well-known/oauth-protected-resource",
    query: [],
    headers: {},
    isOpen: true,
    answers: { "200": "application/json" },
  },
  showLiveness: {
    method: "GET",
    path: "/api/health/live",
    query: [],
    headers: {},
    isOpen: true,
    answers: { "200": "application/json" },
  },
  showReadiness: {
    method: "GET",
    path: "/api/health/ready",
    query: [],
    headers: {},
    isOpen: true,
    answers: { "200": "application/json", "503": "application/json" },
  },
  showContract: {
    method: "GET",
    path: "/api/openapi.json",
    query: [],
    headers: {},
    isOpen: true,
    answers: { "200": "application/json" },
  },
  showEventCatalogue: {
    method: "GET",
    path: "/api/asyncapi.json",
    query: [],
    headers: {},
    isOpen: true,
    answers: { "200": "application/json" },
  },
  showContractPage: {
    method: "GET",
    path: "/api/docs",
    query: [],
    headers: {},
    isOpen: true,
    answers: { "200": "text/html" },
  },
  showEventsPage: {
    method: "GET",
    path: "/api/docs/events",
    query: [],
    headers: {},
    isOpen: true,
    answers: { "200": "text/html" },
  },
};

/** Whose access tokens are taken, and for which scope (RFC 9728). */
export type AccessMetadata = {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly "header"[];
};

/** An account as its owner sees it. */
export type Account = {
  readonly accountId: AccountId;
  readonly name: string;
  readonly email: string;
  readonly currency: Currency;
  readonly status: "open" | "frozen" | "closed";
  /** Grows with every change. */
  readonly version: number;
  readonly balance: Balance;
  readonly totals: AccountTotals;
  readonly openedAt: Instant;
  readonly updatedAt: Instant;
};

/** Opaque. */
export type AccountId = string;

/** Since the account was opened: available = loaded − fees − sent + received + refunded. */
export type AccountTotals = {
  readonly loaded: Amount;
  readonly fees: Amount;
  readonly sent: Amount;
  readonly received: Amount;
  readonly refunded: Amount;
};

/** Money: a decimal string with two to four places. */
export type Amount = string;

/** Everything that waits for approval, the oldest first. */
export type Approvals = {
  readonly items: readonly WaitingTransfer[];
  /** How many more there are that cannot be read, because what is stored is damaged. */
  readonly unreadable?: number;
};

/** Who approves (an e-mail address), and why. */
export type ApproveTransfer = {
  readonly approver: string;
  readonly reason?: string;
};

/** `confirmed` = available + in flight + held: what the owner owns until movements under way are settled. */
export type Balance = {
  readonly available: Amount;
  readonly inFlight: Amount;
  readonly held: Amount;
  readonly confirmed: Amount;
};

/** Nothing is asked but the address. */
export type CancelTransfer = Record<string, never>;

/** Nothing is asked but the address. */
export type CloseAccount = Record<string, never>;

/** How far a command has got, and how it ended. A refused rule is an outcome, not an HTTP error. */
export type CommandStatus = {
  /** The last part of the status address. */
  readonly commandId: string;
  readonly stream: string;
  /** The command's type, such as `SendCredits`. */
  readonly type: string;
  /** `parked`: the system failed at it; it will be handled once the cause is gone. */
  readonly status: "pending" | "accepted" | "rejected" | "parked";
  /** `handled`: the outcome is recorded; `visible`: the read model shows it; `settled`: all it set in motion has ended. */
  readonly reached: "stored" | "handled" | "visible" | "settled";
  readonly rejection?: Rejection;
  /** Where the account or the transfer can be read. */
  readonly resource: string;
  readonly acceptedAt: Instant;
  readonly handledAt?: Instant;
};

/** An OpenAPI 3.1 document: this one. */
export type ContractDocument = {
  readonly openapi: string;
};

/** How many, and how much together. */
export type CountAndAmount = {
  readonly count: number;
  readonly amount: Amount;
};

/** ISO 4217. */
export type Currency = string;

/** What one day brought in one currency. */
export type DayRevenue = {
  readonly day: string;
  readonly currency: Currency;
  readonly fees: Amount;
  readonly loads: CountAndAmount;
  readonly transfers: CountAndAmount;
};

/** A message that was parked. */
export type DeadLetter = {
  readonly id: string;
  readonly reason: string;
  /** 0: it only waits behind another. */
  readonly attempts: number;
  readonly parkedAt: Instant;
  /** Absent if the message tells none. */
  readonly traceparent?: string;
  readonly canRepair: boolean;
  readonly canDiscard: boolean;
  readonly decision?: Decision;
  readonly earlierDecisions: readonly Decision[];
};

/** A message that was parked, or what has become of it. */
export type DeadLetterDetails = {
  readonly id: string;
  readonly reason: string;
  /** 0: it only waits behind another. */
  readonly attempts: number;
  readonly parkedAt: Instant;
  /** Absent if the message tells none. */
  readonly traceparent?: string;
  readonly canRepair: boolean;
  readonly canDiscard: boolean;
  readonly decision?: Decision;
  readonly earlierDecisions: readonly Decision[];
  readonly lane: string;
  readonly stage: "handling" | "projecting" | "publishing";
  readonly stream: string;
  /** Whether it still waits. */
  readonly isWaiting: boolean;
  /** Where it is stored. `partition` is absent if its partition key is no text. */
  readonly source?: {
    readonly container: "commands" | "events";
    readonly partition?: string;
    readonly id: string;
  };
  /** As it is stored, whatever it is. */
  readonly message?: Record<string, never>;
  /** What it is to be repaired to. */
  readonly correction?: Record<string, never>;
  readonly records: readonly RecoveryRecord[];
};

/** What could not be handled, by lane: one stream at one stage. Those that have waited longest. */
export type DeadLetters = {
  /** How many wait in all lanes, whether they are listed or not. */
  readonly total: number;
  readonly lanes: readonly Lane[];
};

/** What an operator has decided about a parked message: carried out when its turn comes in a replay of the lane. */
export type Decision = {
  readonly action: "repair" | "discard";
  readonly reason: string;
  /** The subject of the operator's token. */
  readonly by: string;
  readonly at: Instant;
};

/** Who denies (an e-mail address), and why. */
export type DenyTransfer = {
  readonly approver: string;
  readonly reason: string;
};

/** Why others can do without the message. */
export type DiscardDeadLetter = {
  readonly lane: string;
  readonly reason: string;
};

/** An AsyncAPI 3.0 document: every integration event there is. */
export type EventCatalogue = {
  readonly asyncapi: string;
};

/** A member of the body (its path), a parameter or a header that is wrong. */
export type FieldError = {
  readonly path: string;
  readonly message: string;
};

/** Why the account is frozen. */
export type FreezeAccount = {
  readonly reason: string;
};

/** ISO 8601 in UTC, with milliseconds. */
export type Instant = string;

/** What is parked of one stream at one stage, in order. */
export type Lane = {
  readonly lane: string;
  readonly stage: "handling" | "projecting" | "publishing";
  readonly stream: string;
  readonly parkedSince: Instant;
  /** How many wait in the lane. */
  readonly count: number;
  readonly items: readonly DeadLetter[];
};

/** How many messages of a lane were handled, and how many are left. */
export type LaneReplay = {
  readonly lane: string;
  readonly replayed: number;
  readonly left: number;
  /** Why something is left. */
  readonly reason?: string;
};

/** Where a transfer stands, and how its process does. */
export type LedTransfer = {
  readonly transferId: TransferId;
  readonly stage: "scheduled" | "waiting" | "approved" | "started";
  readonly since: Instant;
  readonly dueAt?: Instant;
  readonly isOverdue: boolean;
  readonly runtimeStatus: "absent" | "running" | "completed" | "broken";
};

/** It answers at all. */
export type Liveness = {
  readonly status: "up";
};

/** Loads credits: the fee is 0.02 % up to and including 500.00, none above. */
export type LoadCredits = {
  readonly amount: RequestedAmount;
};

/** What changed the available balance, and what it was afterwards. */
export type Movement = {
  readonly movementId: string;
  readonly at: Instant;
  readonly type: "load" | "transfer_out" | "transfer_in" | "refund";
  readonly amount: SignedAmount;
  readonly fee?: Amount;
  readonly balance: Amount;
  readonly counterparty?: AccountId;
  readonly transferId?: TransferId;
  readonly note?: string;
};

/** What the owner of an account should know. */
export type Notification = {
  readonly notificationId: string;
  readonly at: Instant;
  readonly type:
    | "credits_received"
    | "transfer_awaiting_approval"
    | "transfer_approved"
    | "transfer_denied"
    | "transfer_expired"
    | "transfer_refunded"
    | "transfer_failed"
    | "request_rejected";
  /** One sentence for people. */
  readonly text: string;
  readonly transferId?: TransferId;
  readonly amount?: Amount;
  readonly currency?: Currency;
  readonly counterparty?: AccountId;
  readonly reason?: string;
};

/** Oldest first. */
export type NotificationPage = {
  readonly items: readonly Notification[];
  /** Of the last item; the one asked for if there is none. */
  readonly next: string;
};

/** Server-sent events: `id` is the cursor, `event` the type, `data` a Notification as JSON. */
export type NotificationStream = string;

/** Opens an account; its id is known at once (`resource`). */
export type OpenAccount = {
  readonly name: string;
  readonly email: string;
  readonly currency: string;
};

/** The balance as it was at an instant. */
export type PastBalance = {
  readonly accountId: AccountId;
  readonly at: Instant;
  readonly version: number;
  readonly currency: Currency;
  readonly balance: Balance;
};

/** An error (RFC 9457). */
export type Problem = {
  /** `urn:saldo:problem:{code}` */
  readonly type: string;
  readonly code:
    | "idempotency_key_missing"
    | "idempotency_key_malformed"
    | "malformed_json"
    | "invalid_request"
    | "missing_token"
    | "invalid_token"
    | "forbidden"
    | "not_found"
    | "unknown_command"
    | "not_possible"
    | "decision_conflict"
    | "body_too_large"
    | "unsupported_media_type"
    | "idempotency_key_reused"
    | "correction_refused"
    | "too_many_requests"
    | "unreadable"
    | "unavailable";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
};

/** The transfers that a process leads, the oldest first. */
export type Processes = {
  readonly items: readonly LedTransfer[];
  /** How many more there are that cannot be read, because what is stored is damaged. */
  readonly unreadable?: number;
};

/** How the service and what it stands on are. */
export type Readiness = {
  readonly status: "up" | "down";
  readonly checks: {
    readonly store: "up" | "down";
  };
};

/** What was decided about a message and carried out. Kept for ten years. */
export type RecoveryRecord = {
  readonly action: "repair" | "discard";
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
  readonly effect: "handled" | "rejected" | "voided" | "removed" | "dropped" | "too_late";
  /** Why the message had been parked. */
  readonly failure: string;
  readonly correction?: Record<string, never>;
};

/** Which rule said no; only of a rejected command. */
export type Rejection = {
  readonly code:
    | "account_not_found"
    | "account_already_open"
    | "account_closed"
    | "transfer_not_pending"
    | "account_frozen"
    | "approver_is_party"
    | "receiver_is_sender"
    | "instant_has_passed"
    | "too_many_transfers_in_flight"
    | "insufficient_funds"
    | "balance_too_large"
    | "account_not_empty"
    | "discarded";
  /** One sentence for people. */
  readonly detail: string;
};

/** `message`: the command, or the commit's `events`, `outcomes` and `at`, as it should have been. */
export type RepairDeadLetter = {
  readonly lane: string;
  readonly message: Record<string, never>;
  readonly reason: string;
};

/** What a replay brought about. */
export type Replay = {
  readonly lanes: readonly LaneReplay[];
};

/** Which lane; without it, all. */
export type ReplayDeadLetters = {
  readonly lane?: string;
};

/** An account's id. */
export type RequestedAccountId = string;

/** Money: a decimal string with up to four places, greater than zero, at most 1000000000.00. */
export type RequestedAmount = string;

/** ISO 8601 with `Z` or an offset. */
export type RequestedInstant = string;

/** One entry for each day and currency in which something happened. */
export type Revenue = {
  readonly days: readonly DayRevenue[];
  /** How many more there are that cannot be read, because what is stored is damaged. */
  readonly unreadable?: number;
};

/** `scheduledFor`: at most 366 days ahead; without it, at once. */
export type SendCredits = {
  readonly to: RequestedAccountId;
  readonly amount: RequestedAmount;
  readonly note?: string;
  readonly scheduledFor?: RequestedInstant;
};

/** Money that may be negative. */
export type SignedAmount = string;

/** Movements, oldest first. The sum of amounts less the sum of fees is the available balance. */
export type StatementPage = {
  readonly accountId: AccountId;
  readonly currency: Currency;
  readonly items: readonly Movement[];
  /** Ask with `after` for what follows; absent on the last page. */
  readonly next?: string;
};

/** `inFlight` = sent − received − refunded; `conserved`: available + inFlight + fees = loaded, inFlight ≥ 0, and every account can be read: one that cannot is in no sum. */
export type SystemTotals = {
  readonly accounts: number;
  readonly loaded: Amount;
  readonly fees: Amount;
  readonly available: Amount;
  readonly inFlight: SignedAmount;
  readonly conserved: boolean;
  /** How many more there are that cannot be read, because what is stored is damaged. */
  readonly unreadable?: number;
};

/** A transfer and its history. */
export type Transfer = {
  readonly transferId: TransferId;
  readonly from: AccountId;
  readonly to: AccountId;
  readonly amount: Amount;
  readonly currency: Currency;
  readonly note?: string;
  readonly status:
    | "scheduled"
    | "withdrawn"
    | "failed"
    | "awaiting_approval"
    | "denied"
    | "cancelled"
    | "expired"
    | "approved"
    | "in_flight"
    | "settled"
    | "refunded";
  /** Why it was denied (in the approver's words), failed or was refunded. */
  readonly reason?: string;
  readonly scheduledFor?: Instant;
  readonly expiresAt?: Instant;
  readonly history: readonly TransferMoment[];
};

/** Opaque: the sender's account and what tells its transfers apart. */
export type TransferId = string;

/** What happened to a transfer, when, and in whose name. */
export type TransferMoment = {
  readonly at: Instant;
  readonly what:
    | "requested"
    | "scheduled"
    | "withdrawn"
    | "failed"
    | "approval_requested"
    | "approved"
    | "denied"
    | "cancelled"
    | "expired"
    | "started"
    | "settled"
    | "refunded";
  /** `account:{id}`, `approver` or `process:transfer`; to approvers, operators and approval desks `approver:{e-mail}`. */
  readonly by: string;
  readonly reason?: string;
};

/** Why the account is open again. */
export type UnfreezeAccount = {
  readonly reason: string;
};

/** A transfer that somebody has to decide about. */
export type WaitingTransfer = {
  readonly transferId: TransferId;
  readonly from: AccountId;
  readonly to: AccountId;
  readonly amount: Amount;
  readonly currency: Currency;
  readonly note?: string;
  readonly requestedAt: Instant;
  readonly expiresAt: Instant;
  readonly version: number;
};

/** To be read by people. */
export type WebPage = string;
