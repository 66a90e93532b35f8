import { hexDigits, type Random } from "../random.ts";
import {
  readAccount,
  readBalanceAt,
  readProblem,
  readStatementPage,
  readStatusDocument,
  readSystemTotals,
  type AccountDocument,
  type Balance,
  type StatementPage,
  type StatusDocument,
  type SystemTotals,
} from "./documents.ts";
import { exchange, type Exchange } from "./exchange.ts";
import type { HttpAnswer, HttpRequest, SendRequest } from "./http.ts";
import { ContractBreach } from "./json.ts";
import {
  readApprovals,
  readNotificationPage,
  readProcesses,
  readTransfer,
  type ApprovalDocument,
  type NotificationPage,
  type ProcessDocument,
  type TransferDocument,
} from "./transfer-documents.ts";

/** How long the service is asked to hold an answer back; the contract allows up to 30. */
export const WAIT_SECONDS = 10;

type Until = "handled" | "visible" | "settled";

export type CommandRequest = {
  /** Without the `until` of the query. */
  path: string;
  body: string;
  idempotencyKey: string | undefined;
  until: Until;
  /** Answer at once, whatever has been reached. */
  impatient?: boolean;
};

export type CommandAnswer =
  | { kind: "stored"; document: StatusDocument; location: string; hit: boolean; reached: boolean }
  | { kind: "refused"; code: string };

/** `wait`: hold the answer until there is something after the cursor. */
type NotificationQuery = { after: string | undefined; limit?: number; wait?: boolean };

export type StatementQuery = { from?: string; to?: string; after?: string; limit?: number };

/** The operations of the HTTP contract; what the contract answers with 404 is undefined here. */
export type Api = {
  command: (request: CommandRequest) => Promise<CommandAnswer>;
  /** `reached` tells whether the command has come to the point asked for. */
  status: (
    location: string,
    until: Until,
  ) => Promise<{ document: StatusDocument; reached: boolean }>;
  account: (accountId: string) => Promise<AccountDocument | undefined>;
  balanceAt: (accountId: string, at: string) => Promise<Balance | undefined>;
  statementPage: (accountId: string, query: StatementQuery) => Promise<StatementPage>;
  transfer: (transferId: string) => Promise<TransferDocument | undefined>;
  /** What the owner of an account has been notified of, oldest first. */
  notifications: (accountId: string, query: NotificationQuery) => Promise<NotificationPage>;
  /** Everything that waits for approval. */
  approvals: () => Promise<ApprovalDocument[]>;
  /** The transfers that a process leads. */
  processes: () => Promise<ProcessDocument[]>;
  /** Undefined when the service does not accept the operator key. */
  totals: () => Promise<SystemTotals | undefined>;
};

/** @throws ContractBreach, from every operation, when the answer is not what the contract says */
export const serviceApi = (send: SendRequest, operatorKey: string, random: Random): Api => {
  const trace = (): string => `00-${hexDigits(random, 4)}-${hexDigits(random, 2)}-01`;
  const get = (path: string, ...headers: string[]): Promise<Exchange> =>
    exchange(send, { method: "GET", path, headers: ["traceparent", trace(), ...headers] });
  const asOperator = (what: string): Promise<Exchange> =>
    get(`/api/operator/${what}`, "x-functions-key", operatorKey);
  return {
    command: async (request) =>
      commandAnswer(await exchange(send, commandRequest(request, trace()))),
    status: async (location, until) => {
      const separator = location.includes("?") ? "&" : "?";
      const found = await get(`${location}${separator}until=${until}`, "prefer", PREFER_WAIT);
      return found.read([200, 202], (body, { statusCode }) => ({
        document: readStatusDocument(body),
        reached: statusCode === 200,
      }));
    },
    account: async (accountId) => (await get(`/api/accounts/${accountId}`)).readOr404(readAccount),
    balanceAt: async (accountId, at) =>
      (await get(`/api/accounts/${accountId}/balance?at=${at}`)).readOr404(readBalanceAt),
    statementPage: async (accountId, query) => {
      const page = await get(`/api/accounts/${accountId}/statement${queryString(query)}`);
      return page.read([200], readStatementPage);
    },
    transfer: async (transferId) =>
      (await get(`/api/transfers/${transferId}`)).readOr404(readTransfer),
    notifications: async (accountId, { wait = false, ...query }) => {
      const path = `/api/accounts/${accountId}/notifications${queryString(query)}`;
      const page = await get(path, ...(wait ? ["prefer", PREFER_WAIT] : []));
      return page.read([200], readNotificationPage);
    },
    approvals: async () => (await asOperator("approvals")).read([200], readApprovals),
    processes: async () => (await asOperator("processes")).read([200], readProcesses),
    totals: async () => {
      const found = await asOperator("totals");
      if (found.statusCode === 401) return undefined;
      return found.read([200], readSystemTotals);
    },
  };
};

const PREFER_WAIT = `wait=${WAIT_SECONDS}`;

const commandRequest = (request: CommandRequest, traceparent: string): HttpRequest => {
  const headers = ["content-type", "application/json", "traceparent", traceparent];
  if (request.impatient !== true) headers.push("prefer", PREFER_WAIT);
  if (request.idempotencyKey !== undefined) headers.push("idempotency-key", request.idempotencyKey);
  const path = `${request.path}?until=${request.until}`;
  return { method: "POST", path, headers, body: request.body };
};

const commandAnswer = (found: Exchange): CommandAnswer => {
  if (found.statusCode !== 200 && found.statusCode !== 202) {
    return { kind: "refused", code: found.read(REFUSALS, refusalCode) };
  }
  return found.read([200, 202], (body, { headers, statusCode }) => {
    const { location } = headers;
    if (location === undefined) throw new ContractBreach("there is no Location");
    return {
      kind: "stored",
      document: readStatusDocument(body),
      location: pathOf(location),
      hit: headers["idempotency-hit"] === "true",
      reached: statusCode === 200,
    };
  });
};

const REFUSALS = [400, 404, 413, 415, 422];

const refusalCode = (body: string, answer: HttpAnswer): string => {
  const problem = readProblem(body);
  const contentType = answer.headers["content-type"] ?? "absent";
  if (!contentType.startsWith("application/problem+json")) {
    throw new ContractBreach(
      `a refusal should be a problem document, but its type is ${contentType}`,
    );
  }
  if (problem.status !== answer.statusCode) {
    throw new ContractBreach(`the problem says ${problem.status}, HTTP says ${answer.statusCode}`);
  }
  return problem.code;
};

/** A Location may be absolute or a path alone (RFC 9110, 10.2.2). */
const pathOf = (location: string): string => {
  if (location.startsWith("/")) return location;
  const absolute = URL.parse(location);
  if (absolute === null) throw new ContractBreach(`Location is not an address: ${location}`);
  return absolute.pathname + absolute.search;
};

/** With its question mark, or empty. */
const queryString = (query: Readonly<Record<string, string | number | undefined>>): string => {
  const pairs = Object.entries(query)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
};
