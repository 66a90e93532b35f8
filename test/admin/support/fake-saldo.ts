/**
 * The part of Saldo's HTTP contract (docs/http-api.md) that the admin app relies on, in memory:
 * one winner for each transfer, idempotent commands, and weather that tests make.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { cloudEvent, type CloudEvent, type FakeTransfer } from "./cloud-events.ts";

type SeenRequest = {
  method: string;
  path: string;
  key?: string;
  traceparent?: string;
  body: unknown;
};

/** What tests may change at any time. */
type Weather = {
  /** Hangs up on everybody. */
  isAway: boolean;
  refusesTokens: boolean;
  /** What every decision is answered with. */
  rejection: { code: string; detail: string } | undefined;
};

type Command = { body: string; answer: object };

export type FakeSaldo = {
  url: string;
  /** All that was asked, in order. */
  requests: SeenRequest[];
  /** Statuses to answer the next POSTs with; 0 hangs up after the request was carried out. */
  faults: number[];
  weather: Weather;
  /** Gives the account's id. */
  openAccount: (name: string, email?: string) => string;
  /** A large transfer: the event says that it waits. */
  ask: (from: string, to: string, terms?: Partial<FakeTransfer>) => CloudEvent;
  /** Something happens to it that nobody here has asked for. */
  happen: (transferId: string, what: string, by: string, reason?: string) => CloudEvent;
  /** A decision by Grace that was sent before. */
  decided: (transferId: string, decision: string, key: string, reason: string) => Promise<void>;
  transfer: (transferId: string) => FakeTransfer | undefined;
  decisions: () => SeenRequest[];
  close: () => Promise<void>;
};

/** What the app has to show with every request. */
export const accessToken = "token-of-the-admin-app";

export async function startFakeSaldo(now: () => number = Date.now): Promise<FakeSaldo> {
  const accounts = new Map<string, { accountId: string; name: string; email: string }>();
  const transfers = new Map<string, FakeTransfer>();
  const commands = new Map<string, Command>();
  const requests: SeenRequest[] = [];
  const faults: number[] = [];
  const weather: Weather = { isAway: false, refusesTokens: false, rejection: undefined };
  let sequence = 0;

  const add = (transfer: FakeTransfer, what: string, by: string, reason?: string): CloudEvent => {
    sequence += 1;
    const at = new Date(now()).toISOString();
    const entry = { at, what, by, sequence, ...(reason === undefined ? {} : { reason }) };
    transfer.history.push(entry);
    return cloudEvent(transfer, entry);
  };

  const decide = (path: string, headers: IncomingMessage["headers"], text: string): Answer => {
    const [, id = "", decision = ""] = /transfers\/([^/]+)\/(approval|denial)$/.exec(path) ?? [];
    const transfer = transfers.get(decodeURIComponent(id));
    if (transfer === undefined) return problem(404, "not_found");
    const key = String(headers["idempotency-key"]);
    if (!/^[!-~]{16,128}$/.test(key)) return problem(400, "idempotency_key_malformed");
    const known = commands.get(key);
    if (known !== undefined)
      return known.body === text ? [200, known.answer] : problem(422, "idempotency_key_reused");
    const { approver, reason } = JSON.parse(text) as { approver: string; reason?: string };
    const parties = [transfer.from, transfer.to].map((party) => accounts.get(party)?.email);
    const rejection =
      weather.rejection ??
      (!isPending(transfer)
        ? { code: "transfer_not_pending", detail: "The transfer does not wait for approval." }
        : parties.includes(approver)
          ? { code: "approver_is_party", detail: "The approver is party to the transfer." }
          : undefined);
    if (rejection === undefined)
      add(
        transfer,
        decision === "approval" ? "approved" : "denied",
        `approver:${approver}`,
        reason,
      );
    const handledAt = new Date(now()).toISOString();
    const answer =
      rejection === undefined
        ? { status: "accepted", reached: "visible", handledAt }
        : { status: "rejected", reached: "visible", handledAt, rejection };
    commands.set(key, { body: text, answer });
    return [200, answer];
  };

  const answerTo = (request: IncomingMessage, path: string, text: string): Answer => {
    if (weather.refusesTokens || request.headers.authorization !== `Bearer ${accessToken}`)
      return problem(401, "unauthorized");
    if (request.method === "POST") return decide(path, request.headers, text);
    if (path === "/api/operator/approvals") return [200, { items: waiting(transfers) }];
    const [, kind, id = ""] = /^\/api\/(transfers|accounts)\/(.+)$/.exec(path) ?? [];
    if (kind === "accounts") return found(accounts.get(decodeURIComponent(id)));
    const transfer = transfers.get(decodeURIComponent(id));
    return found(transfer && shown(transfer));
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (weather.isAway) {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = "", url = "", headers } = request;
    const path = new URL(url, "http://saldo").pathname;
    const { "idempotency-key": key, traceparent } = headers;
    requests.push({
      ...{ method, path, body: text === "" ? undefined : JSON.parse(text) },
      ...(typeof key === "string" ? { key } : {}),
      ...(typeof traceparent === "string" ? { traceparent } : {}),
    });
    const fault = method === "POST" ? faults.shift() : undefined;
    if (fault !== undefined && fault > 0) {
      send(response, problem(fault, "unavailable"));
      return;
    }
    const answer = answerTo(request, path, text);
    if (fault === 0) request.socket.destroy();
    else send(response, answer);
  };

  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no port.");

  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    requests,
    faults,
    weather,
    openAccount: (name, email = `${name.toLowerCase()}@example.com`) => {
      const accountId = name
        .toLowerCase()
        .replaceAll(/[^a-z]/g, "")
        .padEnd(16, "0")
        .slice(0, 16);
      accounts.set(accountId, { accountId, name, email });
      return accountId;
    },
    ask: (from, to, terms = {}) => {
      const transfer: FakeTransfer = {
        transferId: `${from}-${String(transfers.size + 1).padStart(20, "0")}`,
        from,
        to,
        amount: "2500.00",
        currency: "EUR",
        expiresAt: new Date(now() + 24 * 60 * 60_000).toISOString(),
        history: [],
        ...terms,
      };
      transfers.set(transfer.transferId, transfer);
      return add(transfer, "approval_requested", `account:${from}`);
    },
    happen: (transferId, what, by, reason) => {
      const transfer = transfers.get(transferId);
      if (transfer === undefined) throw new Error(`There is no transfer ${transferId}.`);
      return add(transfer, what, by, reason);
    },
    decided: async (transferId, decision, key, reason) => {
      const path = `/api/operator/transfers/${transferId}/${decision}`;
      const response = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${accessToken}`, "idempotency-key": key },
        body: JSON.stringify({ approver: "grace@bank.example", reason }),
      });
      if (!response.ok) throw new Error(`Not decided: ${await response.text()}`);
    },
    transfer: (transferId) => transfers.get(transferId),
    decisions: () => requests.filter(({ method }) => method === "POST"),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

type Answer = [status: number, body: object];

const isPending = ({ history }: FakeTransfer): boolean =>
  history.every(({ what }) => what === "approval_requested");

const waiting = (transfers: Map<string, FakeTransfer>): object[] =>
  [...transfers.values()].filter(isPending).map(({ history, ...terms }) => ({
    ...terms,
    requestedAt: history[0]?.at,
    version: history[0]?.sequence,
  }));

const shown = ({ history, ...terms }: FakeTransfer): object => ({
  ...terms,
  status: history.at(-1)?.what,
  history: history.map(({ sequence: _, ...entry }) => entry),
});

const found = (body: object | undefined): Answer =>
  body === undefined ? problem(404, "not_found") : [200, body];

const problem = (status: number, code: string): Answer => [
  status,
  { type: `urn:saldo:problem:${code}`, code, title: code, status, detail: `${code}.` },
];

const send = (response: ServerResponse, [status, body]: Answer): void => {
  const mediaType = status < 400 ? "application/json" : "application/problem+json";
  response.writeHead(status, { "content-type": mediaType });
  response.end(JSON.stringify(body));
};
