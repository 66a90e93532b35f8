import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { adminDocument } from "./fake-documents.ts";
import type { Ledger } from "./fake-ledger.ts";
import type { Decision } from "./fake-lives.ts";
import type { Misbehaves, Transfer } from "./fake-records.ts";

type Json = Record<string, unknown>;

const PASSWORD = "let-me-decide";

/** The admin app beside the fake service, with nothing but its interface for scripts. */
export const startFakeAdmin = async (
  ledger: Ledger,
  misbehaves: Misbehaves,
  forgetsSessionsEvery: number,
): Promise<{ url: string; close: () => Promise<void> }> => {
  const sessions = new Map<string, string>();
  const hidden = new Set<string>();
  const shown = (transfer: Transfer): Json => adminDocument(ledger, transfer, misbehaves);
  /** What the app has been told of: a transfer that it missed it never hears of again. */
  const hears = (transfer: Transfer): void => {
    const { status, transferId } = transfer;
    if (status === "awaiting_approval" && misbehaves("hides_from_approvers"))
      hidden.add(transferId);
  };
  ledger.listeners.add(hears);
  const find = (transferId: string): Transfer | undefined => {
    const transfer = ledger.transfers.get(transferId);
    const hasWaited = transfer?.expiresAt !== undefined && !hidden.has(transferId);
    return hasWaited ? transfer : undefined;
  };
  let requests = 0;
  const decide = (decision: Decision): Json | undefined => {
    const transfer = find(decision.transferId);
    if (transfer === undefined) return undefined;
    const own = transfer.history.find(({ by }) => by === `approver:${decision.approver}`)?.what;
    const code = own === outcomeOf(decision) ? undefined : ledger.decide(decision);
    const outcome = code === undefined ? outcomeOf(decision) : OUTCOMES[code];
    return { outcome, detail: `It is ${transfer.status}.`, transfer: shown(transfer) };
  };
  const answer = (request: IncomingMessage, body: Json): { status: number; body: Json } => {
    const person = sessions.get(sessionOf(request)) ?? "";
    if (person === "") return problem(401, "not_signed_in");
    const url = new URL(request.url ?? "/", "http://fake");
    const [, , , transferId, verdict] = url.pathname.split("/");
    if (transferId === undefined) {
      const waiting = [...ledger.transfers.keys()]
        .map(find)
        .filter((transfer) => transfer?.status === "awaiting_approval");
      const items = waiting.filter((transfer) => transfer !== undefined).map(shown);
      return { status: 200, body: { items } };
    }
    const transfer = find(transferId);
    if (transfer === undefined) return problem(404, "not_found");
    if (verdict !== "approval" && verdict !== "denial") {
      return { status: 200, body: { ...shown(transfer), isOwn: false, history: [] } };
    }
    const isOwnOrigin = request.headers.origin === `http://${request.headers.host ?? ""}`;
    if (!isOwnOrigin) return problem(403, "wrong_origin");
    const reason = body["reason"] as string | undefined;
    const decided = decide({ transferId, approver: person, verdict, reason });
    return decided === undefined ? problem(404, "not_found") : { status: 200, body: decided };
  };
  const live = (request: IncomingMessage, response: ServerResponse): void => {
    if (!sessions.has(sessionOf(request))) {
      response.writeHead(401).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    const tell = (transfer: Transfer): void => {
      if (find(transfer.transferId) === undefined) return;
      response.write(`event: transfer\ndata: ${JSON.stringify(shown(transfer))}\n\n`);
    };
    ledger.listeners.add(tell);
    response.on("close", () => ledger.listeners.delete(tell));
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests += 1;
    if (requests % forgetsSessionsEvery === 0) sessions.clear();
    if (request.url === "/api/live") {
      live(request, response);
      return;
    }
    const body = JSON.parse((await text(request)) || "{}") as Json;
    if (request.url === "/api/session" && body["password"] === PASSWORD) {
      const session = randomUUID();
      const email = String(body["email"]);
      sessions.set(session, email);
      const cookie = `saldo_admin_session=${session}; HttpOnly; SameSite=Strict`;
      send(response, { status: 200, body: { email, name: email } }, { "set-cookie": cookie });
      return;
    }
    send(response, answer(request, body));
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};

const outcomeOf = ({ verdict }: Decision): string =>
  verdict === "approval" ? "approved" : "denied";

const OUTCOMES: Readonly<Record<string, string>> = {
  approver_is_party: "own_transfer",
  transfer_not_pending: "too_late",
};

const sessionOf = ({ headers }: IncomingMessage): string =>
  /saldo_admin_session=([^;]*)/.exec(headers.cookie ?? "")?.[1] ?? "";

const problem = (status: number, code: string): { status: number; body: Json } => ({
  status,
  body: { type: `urn:saldo:problem:${code}`, code, title: code, status, detail: code },
});

const send = (
  response: ServerResponse,
  { status, body }: { status: number; body: Json },
  headers: Record<string, string> = {},
): void => {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(JSON.stringify(body));
};
