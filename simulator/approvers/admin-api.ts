import { exchange, type Exchange } from "../client/exchange.ts";
import type { HttpRequest, SendRequest } from "../client/http.ts";
import { ContractBreach } from "../client/json.ts";
import {
  readAdminTransfers,
  readDecisionAnswer,
  readOpenedTransfer,
  type AdminTransfer,
  type DecisionAnswer,
  type OpenedTransfer,
  type Verdict,
} from "./admin-documents.ts";
import { liveTransfers, type LiveTransfers } from "./live.ts";

export type Credentials = { email: string; password: string };

/** The admin app does not let an approver in. */
export class SignInRefused extends Error {
  override name = "SignInRefused";
}

/**
 * The admin app as one approver uses it. A session that is over, because the app was restarted
 * or the session was too old, is followed by another: the approver signs in again.
 *
 * @throws SignInRefused, ContractBreach, ServiceUnreachable from every operation
 */
export type AdminSession = {
  signIn: () => Promise<void>;
  waiting: () => Promise<AdminTransfer[]>;
  /** Undefined when the app does not know the transfer (yet). */
  transfer: (transferId: string) => Promise<OpenedTransfer | undefined>;
  decide: (
    transferId: string,
    verdict: Verdict,
    reason: string | undefined,
  ) => Promise<DecisionAnswer>;
  /** The changes of transfers from now on; ends when the connection does. */
  live: (signal: AbortSignal) => LiveTransfers;
};

export const adminSession = (
  send: SendRequest,
  origin: URL,
  { email, password }: Credentials,
): AdminSession => {
  let cookie = "";
  let turn: Promise<unknown> = Promise.resolve();
  const signIn = async (): Promise<void> => {
    const body = JSON.stringify({ email, password });
    const answer = await send(post("/api/session", body, ""));
    if (answer.statusCode === 401) {
      throw new SignInRefused(`The admin app refuses the password of ${email}.`);
    }
    const set = answer.headers["set-cookie"]?.find((text) => text.startsWith(`${COOKIE}=`));
    if (answer.statusCode !== 200 || set === undefined) {
      throw new ContractBreach(`POST /api/session: ${answer.statusCode} without a session`);
    }
    cookie = set.replace(/;.*/, "");
  };
  const post = (path: string, body: string, session: string): HttpRequest => ({
    method: "POST",
    path,
    headers: ["content-type", "application/json", "origin", origin.origin, "cookie", session],
    body,
  });
  /** Asks; whenever there is no session any more, signs in and asks again. */
  const askedUntilLetIn = async (request: () => HttpRequest): Promise<Exchange> => {
    for (let refusals = 1; ; refusals++) {
      const used = cookie;
      const found = await exchange(send, request());
      if (found.statusCode !== 401 || refusals === MOST_REFUSALS) return found;
      if (cookie === used) await signIn();
    }
  };
  /**
   * An approver does many things at once, but those that were refused one after the other: were they many,
   * a new session could be over each time before the same one of them comes to use it.
   */
  const asked = async (request: () => HttpRequest): Promise<Exchange> => {
    await turn;
    const used = cookie;
    const found = await exchange(send, request());
    if (found.statusCode !== 401) return found;
    const inTurn = turn.then(async () => {
      if (cookie === used) await signIn();
      return askedUntilLetIn(request);
    });
    turn = inTurn.catch(() => undefined);
    return inTurn;
  };
  const get = (path: string): Promise<Exchange> =>
    asked(() => ({ method: "GET", path, headers: ["cookie", cookie] }));
  return {
    signIn,
    waiting: async () => {
      const found = await get("/api/transfers?status=waiting");
      return found.read([200], readAdminTransfers);
    },
    transfer: async (transferId) =>
      (await get(`/api/transfers/${transferId}`)).readOr404(readOpenedTransfer),
    decide: async (transferId, verdict, reason) => {
      // An absent reason is left out by JSON.stringify.
      const body = JSON.stringify({ reason });
      const path = `/api/transfers/${transferId}/${verdict}`;
      return (await asked(() => post(path, body, cookie))).read([200], readDecisionAnswer);
    },
    live: (signal) => liveTransfers(new URL("/api/live", origin), cookie, signal),
  };
};

/** Of one request: an app that forgets each new session at once does not work. */
const MOST_REFUSALS = 5;

const COOKIE = "saldo_admin_session";
