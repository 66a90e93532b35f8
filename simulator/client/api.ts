import type { Send } from "../../contract/call.ts";
import { type CommandStatus, saldoClient } from "../../contract/client.ts";
import { hexDigits, type Random } from "../random.ts";
import { answered, readAt, readBody, readOr404, refusalCode, type AnyAnswer } from "./answers.ts";
import { ask, type Asked } from "./commands.ts";
import {
  readAccount,
  readBalanceAt,
  readStatementPage,
  readStatusDocument,
  readSystemTotals,
  type AccountDocument,
  type Balance,
  type StatementPage,
  type StatusDocument,
  type SystemTotals,
} from "./documents.ts";
import type { HttpRequest, SendRequest } from "./http.ts";
import { ContractBreach, parseObject } from "./json.ts";
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
  asked: Asked | Flawed;
  idempotencyKey: string | undefined;
  until: Until;
  /** Answer at once, whatever has been reached. */
  impatient?: boolean;
};

/** What no typed client would send: it has to be refused at the door. */
type Flawed = { operation: "malformed"; path: string; body: string };

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
  /** Undefined when the service does not take whoever asks for an operator. */
  totals: () => Promise<SystemTotals | undefined>;
};

/** @throws ContractBreach, from every operation, when the answer is not what the contract says */
export const serviceApi = (send: SendRequest, random: Random): Api => {
  const saldo = saldoClient({ send: contractSend(send) });
  const traced = (): { traceparent: string } => ({
    traceparent: `00-${hexDigits(random, 4)}-${hexDigits(random, 2)}-01`,
  });
  return {
    command: async ({ asked, idempotencyKey, until, impatient = false }) => {
      const wait = impatient ? undefined : WAIT_SECONDS;
      const manner = { ...traced(), idempotencyKey, until, wait };
      const what = `POST (${asked.operation})`;
      if (asked.operation === "malformed") return flawedAnswer(send, asked, manner);
      return commandAnswer(what, await answered({ what, answer: ask(saldo, asked, manner) }));
    },
    status: async (location, until) => {
      const input = { ...commandAt(location), ...traced(), until, wait: WAIT_SECONDS };
      const answer = await answered({ what: location, answer: saldo.showCommand(input) });
      const reached = answer.status === 200;
      const status = reached ? 200 : 202;
      return { document: readBody(location, answer, status, readStatusDocument), reached };
    },
    account: (accountId) => {
      const answer = saldo.showAccount({ accountId, ...traced() });
      return readOr404({ what: `account ${accountId}`, answer }, readAccount);
    },
    balanceAt: (accountId, at) => {
      const answer = saldo.pastBalance({ accountId, at, ...traced() });
      return readOr404({ what: `balance of ${accountId} at ${at}`, answer }, readBalanceAt);
    },
    statementPage: (accountId, query) => {
      const answer = saldo.showStatement({ accountId, ...query, ...traced() });
      return readAt({ what: `statement of ${accountId}`, answer }, 200, readStatementPage);
    },
    transfer: (transferId) => {
      const answer = saldo.showTransfer({ transferId, ...traced() });
      return readOr404({ what: `transfer ${transferId}`, answer }, readTransfer);
    },
    notifications: (accountId, { wait = false, ...query }) => {
      const manner = { ...traced(), wait: wait ? WAIT_SECONDS : undefined };
      const answer = saldo.showNotifications({ accountId, ...query, ...manner });
      return readAt({ what: `notifications of ${accountId}`, answer }, 200, readNotificationPage);
    },
    approvals: () => {
      const answer = saldo.showApprovals(traced());
      return readAt({ what: "approvals", answer }, 200, readApprovals);
    },
    processes: () => {
      const answer = saldo.showProcesses(traced());
      return readAt({ what: "processes", answer }, 200, readProcesses);
    },
    totals: async () => {
      const what = "totals";
      const answer = await answered({ what, answer: saldo.showTotals(traced()) });
      if (answer.status === 401 || answer.status === 403) return undefined;
      return readBody(what, answer, 200, readSystemTotals);
    },
  };
};

/** The contract's requests on the simulator's own connections. */
const contractSend =
  (send: SendRequest): Send =>
  async ({ method, path, headers, body }) => {
    const request = { method, path, headers: Object.entries(headers).flat() };
    const answer = await send(body === undefined ? request : { ...request, body });
    const { statusCode: status, text } = answer;
    return { status, text, headers: { get: (name) => headerOf(answer.headers[name]) } };
  };

const headerOf = (value: string | string[] | undefined): string | null =>
  typeof value === "string" ? value : null;

type Manner = { traceparent: string; idempotencyKey: string | undefined; until: Until };

const flawedAnswer = async (
  send: SendRequest,
  { path, body }: Flawed,
  { traceparent, idempotencyKey, until }: Manner,
): Promise<CommandAnswer> => {
  const headers = ["content-type", "application/json", "traceparent", traceparent];
  if (idempotencyKey !== undefined) headers.push("idempotency-key", idempotencyKey);
  const request: HttpRequest = { method: "POST", path: `${path}?until=${until}`, headers, body };
  const { statusCode: status, headers: got, text } = await send(request);
  const answer = { status, headers: { get: (name: string) => headerOf(got[name]) } };
  return commandAnswer(`POST ${path}`, { ...answer, body: parseObject(text) });
};

const commandAnswer = (what: string, answer: AnyAnswer): CommandAnswer => {
  const { status, headers } = answer;
  if (REFUSALS.includes(status)) return { kind: "refused", code: refusalCode(what, answer) };
  const reached = status === 200;
  return readBody(what, answer, reached ? 200 : 202, (body: CommandStatus) => {
    const location = headers.get("location");
    if (location === null) throw new ContractBreach("there is no Location");
    const hit = headers.get("idempotency-hit") === "true";
    const document = readStatusDocument(body);
    return { kind: "stored", document, location: pathOf(location), hit, reached };
  });
};

const REFUSALS = [400, 404, 413, 415, 422];

/** A Location may be absolute or a path alone (RFC 9110, 10.2.2). */
const pathOf = (location: string): string => {
  if (location.startsWith("/")) return location;
  const absolute = URL.parse(location);
  if (absolute === null) throw new ContractBreach(`Location is not an address: ${location}`);
  return absolute.pathname + absolute.search;
};

const commandAt = (location: string): { stream: string; commandId: string } => {
  const [, stream, commandId] = /^\/api\/commands\/([^/]+)\/([^/?]+)$/.exec(location) ?? [];
  if (stream !== undefined && commandId !== undefined) return { stream, commandId };
  throw new ContractBreach(`Location is not the address of a command: ${location}`);
};
