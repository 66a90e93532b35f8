import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  accountDocument,
  approvalsDocument,
  balanceDocument,
  notificationsDocument,
  processesDocument,
  statementDocument,
  statusDocument,
  totalsDocument,
  transferDocument,
} from "./fake-documents.ts";
import { startFakeAdmin } from "./fake-admin.ts";
import { personOf, startFakeIssuer } from "./fake-issuer.ts";
import { hasReached, newLedger, type Ledger } from "./fake-ledger.ts";
import type { Command, Misbehaves, Misbehaviour, Point } from "./fake-records.ts";
import { badKey, readOrder, type Refusal } from "./fake-requests.ts";

export type FakeService = {
  url: string;
  /** The admin app. */
  admin: string;
  ledger: Ledger;
  /** Every Idempotency-Key that was taken, in order. */
  keys: () => string[];
  /** Resolves when so many requests have come, whatever became of them. */
  hasSeen: (requests: number) => Promise<void>;
  close: () => Promise<void>;
};

export type FakeSettings = {
  /** Done at this opportunity, or from it on: the first when nothing else is said. */
  misbehaviour?: { what: Misbehaviour; opportunity?: number; lasting?: boolean };
  /** Every so many requests something goes wrong on the way; coprime numbers, for a mixture. */
  faults?: boolean;
  /** Goes away at this request, and comes back with its ledger after so many milliseconds. */
  outage?: { atRequest: number; lastsMs: number };
  /** Time goes by as it does; else it runs ahead of every clock, for tests in a hurry. */
  realTime?: boolean;
  /** How often the admin app forgets who has signed in. */
  forgetsSessionsEvery?: number;
};

/** Serves the HTTP contract from memory on a free port. */
export const startFakeService = async (settings: FakeSettings = {}): Promise<FakeService> => {
  const misbehaves = misbehaving(settings.misbehaviour);
  const ledger = newLedger(misbehaves, settings.realTime !== true);
  const admin = await startFakeAdmin(ledger, misbehaves, settings.forgetsSessionsEvery ?? Infinity);
  const issuer = await startFakeIssuer();
  const desk: Desk = { ledger, misbehaves, keys: new Map(), answered: 0 };
  let requests = 0;
  const server = createServer((request, response) => {
    if (request.url === "/api/.well-known/oauth-protected-resource") {
      const scopes_supported = ["api://fake/access"];
      response.end(JSON.stringify({ authorization_servers: [issuer.url], scopes_supported }));
      return;
    }
    requests += 1;
    if (requests === settings.outage?.atRequest) goAway(settings.outage.lastsMs);
    const fault = settings.faults === true ? faultOf(requests) : "none";
    void serve(desk, request, response, fault);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  let back: Promise<void> = Promise.resolve();
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  const goAway = (lastsMs: number): void => {
    back = stop()
      .then(() => new Promise((resolve) => setTimeout(resolve, lastsMs)))
      .then(() => listen(port));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    admin: admin.url,
    ledger,
    keys: () => [...desk.keys.keys()].map((identity) => identity.split(" ")[1] ?? ""),
    hasSeen: (wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (requests < wanted) return;
          server.off("request", look);
          resolve();
        };
        server.on("request", look);
        look();
      }),
    close: async () => {
      await back.then(stop);
      await issuer.close();
      await admin.close();
    },
  };
};

const misbehaving = (told: FakeSettings["misbehaviour"]): Misbehaves => {
  const { what, opportunity = 1, lasting = false } = told ?? {};
  let opportunities = 0;
  return (misbehaviour) => {
    if (misbehaviour !== what) return false;
    opportunities += 1;
    return lasting ? opportunities >= opportunity : opportunities === opportunity;
  };
};

type Fault = "none" | "unavailable" | "throttled" | "lost request" | "lost answer";

const faultOf = (request: number): Fault => {
  if (request % 11 === 0) return "unavailable";
  if (request % 13 === 0) return "throttled";
  if (request % 17 === 0) return "lost request";
  return request % 19 === 0 ? "lost answer" : "none";
};

type Desk = {
  ledger: Ledger;
  misbehaves: Misbehaves;
  /** The command and the body of every key. */
  keys: Map<string, { command: Command; body: string }>;
  answered: number;
};

type Answer = {
  status: number;
  headers?: Record<string, string>;
  body: Record<string, unknown>;
};

const serve = async (
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault,
): Promise<void> => {
  const body = await text(request).catch(() => undefined);
  if (body === undefined || fault === "lost request") {
    request.socket.destroy();
    return;
  }
  const answer = await answerTo(desk, request, body, fault);
  if (fault === "lost answer") {
    request.socket.destroy();
    return;
  }
  const isProblem = answer.status >= 400;
  const type = isProblem ? "application/problem+json" : "application/json";
  response.writeHead(answer.status, { "content-type": type, ...answer.headers });
  response.end(JSON.stringify(answer.body));
};

const answerTo = (
  desk: Desk,
  request: IncomingMessage,
  body: string,
  fault: Fault,
): Promise<Answer> | Answer => {
  const retryAfter = { headers: { "retry-after": "0" } };
  if (fault === "unavailable") return { ...problem(503, "unavailable"), ...retryAfter };
  if (fault === "throttled") return { ...problem(429, "unavailable"), ...retryAfter };
  const url = new URL(request.url ?? "/", "http://fake");
  const refusal = refusalOf(desk, request, url.pathname);
  if (refusal !== undefined) return refusal;
  return request.method === "POST" ? post(desk, request, url, body) : get(desk, url);
};

const OPERATOR = "oscar@bank.example";

/** Whoever asks, asks about their own account, by themselves or by a transfer from it. */
const refusalOf = (
  { ledger }: Desk,
  request: IncomingMessage,
  path: string,
): Answer | undefined => {
  if (path === "/clock/advance") return undefined;
  const person = personOf(request);
  if (person === undefined) return problem(401, "missing_token");
  if (path.startsWith("/api/operator/"))
    return person === OPERATOR ? undefined : problem(403, "forbidden");
  const [, accountId = ""] = /^\/api\/(?:accounts|transfers)\/([0-9a-z]{16})/.exec(path) ?? [];
  const isForeign = accountId !== "" && ledger.accounts.get(accountId)?.email !== person;
  return isForeign ? problem(404, "not_found") : undefined;
};

const problem = (status: number, code: string): Answer => ({
  status,
  body: { type: `urn:saldo:problem:${code}`, code, title: code, status, detail: code },
});

const post = async (
  desk: Desk,
  { headers }: IncomingMessage,
  { pathname, searchParams }: URL,
  body: string,
): Promise<Answer> => {
  const { ledger, misbehaves, keys } = desk;
  // The control door of the emulator, as far as it is needed.
  if (pathname === "/clock/advance") {
    ledger.advance((JSON.parse(body) as { ms: number }).ms);
    return { status: 200, body: {} };
  }
  const refusal = badKey(headers["idempotency-key"] as string | undefined);
  if (refusal !== undefined) return problem(refusal.status, refusal.code);
  let order = readOrder(pathname, body);
  if (order === undefined) return problem(404, "not_found");
  if (isRefusal(order) && pathname.endsWith("/loads") && misbehaves("accepts_wrong_amounts")) {
    order = readOrder(pathname, `{"amount":"1.00"}`) ?? order;
  }
  if (isRefusal(order)) return problem(order.status, order.code);
  const owner = order.type === "OpenAccount" ? "everybody" : order.accountId;
  const identity = `${owner} ${String(headers["idempotency-key"])}`;
  const known = keys.get(identity);
  const isOther = known !== undefined && known.body !== body;
  if (isOther && !misbehaves("overlooks_other_bodies"))
    return problem(422, "idempotency_key_reused");
  const again = order.type === "OpenAccount" ? "opens_accounts_twice" : "executes_duplicates";
  const isHit = known !== undefined && !misbehaves(again);
  const command = isHit ? known.command : ledger.accept(order);
  if (isHit && misbehaves("doubles_silently")) ledger.accept(order);
  keys.set(identity, { command, body: known?.body ?? body });
  const status = await statusAnswer(desk, command, searchParams.get("until"));
  const hit = isHit && !misbehaves("hides_hits") ? { "idempotency-hit": "true" } : {};
  return { ...status, headers: { ...status.headers, ...hit } };
};

const isRefusal = (order: object): order is Refusal => "code" in order;

const IMPATIENT = 5;

/** Waits as the client prefers; every fifth time it does not, and the client has to come back. */
const statusAnswer = async (
  desk: Desk,
  command: Command,
  until: string | null,
): Promise<Answer> => {
  const point = (until ?? "visible") as Point;
  desk.answered += 1;
  if (desk.answered % IMPATIENT !== 0) await desk.ledger.reaches(command, point);
  return {
    status: hasReached(command, point) ? 200 : 202,
    headers: { location: `/api/commands/${command.stream}/${command.commandId}` },
    body: statusDocument(command, desk.misbehaves),
  };
};

const get = async (desk: Desk, { pathname, searchParams }: URL): Promise<Answer> => {
  const { ledger, misbehaves } = desk;
  const [, , kind, id = "", view] = pathname.split("/");
  const found = (body: Record<string, unknown> | undefined): Answer =>
    body === undefined ? problem(404, "not_found") : { status: 200, body };
  if (kind === "commands") {
    const command = ledger.commands.get(view ?? "");
    if (command === undefined) return problem(404, "unknown_command");
    return statusAnswer(desk, command, searchParams.get("until"));
  }
  if (kind === "operator") {
    if (id === "approvals") return found(approvalsDocument(ledger, misbehaves));
    if (id === "processes") return found(processesDocument(ledger));
    return found(totalsDocument(ledger, misbehaves));
  }
  if (kind === "transfers") {
    const transfer = ledger.transfers.get(id);
    return found(transfer && transferDocument(transfer));
  }
  const account = ledger.accounts.get(id);
  if (account === undefined) return problem(404, "not_found");
  if (view === "balance") {
    const at = misbehaves("forgets_the_past") ? "9" : (searchParams.get("at") ?? "9");
    return found(balanceDocument(account, at));
  }
  if (view === "notifications") {
    const limit = Number(searchParams.get("limit") ?? 50);
    const after = Number(searchParams.get("after") ?? 0);
    return found(notificationsDocument(account, { after, limit }));
  }
  if (view === "statement") {
    const page = {
      from: searchParams.get("from") ?? "",
      to: searchParams.get("to") ?? "9",
      limit: Number(searchParams.get("limit") ?? 50),
      after: Number(searchParams.get("after") ?? 0),
    };
    return found(statementDocument(account, page, misbehaves));
  }
  return found(accountDocument(account));
};
