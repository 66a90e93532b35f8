import { createAdaptorServer } from "@hono/node-server";
import type { Server, ServerResponse } from "node:http";
import { once } from "node:events";
import type { AccessTokens } from "../contract/call.ts";
import { startCatchUp } from "./catch-up/catch-up.ts";
import { createNames } from "./catch-up/names.ts";
import { createDesk } from "./decisions/desk.ts";
import { createApp } from "./http/app.ts";
import { logTo } from "./http/log.ts";
import { createChanges } from "./live/changes.ts";
import { createLiveStreams } from "./live/streams.ts";
import { saldoClient } from "./saldo/client.ts";
import { requestsTo } from "./saldo/requests.ts";
import type { Approver } from "./sign-in/approvers.ts";
import { sessionCookie } from "./sign-in/session-cookie.ts";
import { createSignIn } from "./sign-in/sign-in.ts";
import { accountsIn } from "./store/accounts.ts";
import { attemptsIn } from "./store/attempts.ts";
import { openDatabase } from "./store/database.ts";
import { sessionsIn } from "./store/sessions.ts";
import { transfersIn } from "./store/transfers.ts";
import { createRegister } from "./transfers/register.ts";

export type AdminOptions = {
  /** 0 for any that is free. */
  port: number;
  /** 127.0.0.1 unless told: only this machine. */
  host?: string;
  /** The app's own store, an SQLite file; it is created if it is not there. */
  file: string;
  /** Where Saldo is, without `/api`. */
  saldoUrl: string;
  /** Show Saldo that this is an app in which approvers decide. */
  tokens: AccessTokens;
  /** What every delivery bears as `x-saldo-webhook-key`. */
  webhookKey: string;
  approvers: readonly Approver[];
  /** Where browsers find the app, if a proxy stands before it; by https, cookies are Secure. */
  publicUrl?: string;
  /** Further names by which browsers find the app on this machine, such as `host.docker.internal`. */
  allowedHosts?: readonly string[];
  /** Milliseconds since the epoch. */
  now?: () => number;
  catchUpEveryMs?: number;
  /** Between one attempt to send a decision to Saldo and the next. */
  decisionPausesMs?: readonly number[];
  /** Takes one line of JSON for everything that fails; standard error unless told. */
  writeLog?: (line: string) => void;
};

/** Starts the web application; resolves once it listens. Rejects if it cannot. */
export const startAdmin = async (
  options: AdminOptions,
): Promise<{ url: string; close(): Promise<void> }> => {
  const { tokens, webhookKey, approvers, publicUrl, now = Date.now } = options;
  const log = logTo(options.writeLog ?? ((line) => process.stderr.write(`${line}\n`)));
  const database = openDatabase(options.file);
  const transfers = transfersIn(database);
  const changes = createChanges();
  const closing = new AbortController();
  const saldo = saldoClient(
    requestsTo({
      saldoUrl: options.saldoUrl.replace(/\/$/, ""),
      tokens,
      pausesMs: options.decisionPausesMs ?? decisionPausesMs,
      closing: closing.signal,
    }),
  );
  const names = createNames({ transfers, accounts: accountsIn(database), changes, saldo, log });
  const register = createRegister({ transfers, changes, saldo, wantNames: names.want });
  const signIn = await createSignIn({ approvers, sessions: sessionsIn(database), now });
  const attempts = attemptsIn(database);
  const desk = createDesk({ saldo, transfers, attempts, register, nameOf: signIn.nameOf, now });
  const live = createLiveStreams({ transfers, changes });
  const isHttps = publicUrl?.startsWith("https:") === true;
  const cookie = sessionCookie(isHttps);
  const everyMs = options.catchUpEveryMs ?? catchUpEveryMs;
  let isReachable = (): boolean | undefined => undefined;

  const app = createApp({
    ...{
      transfers,
      register,
      desk,
      live,
      signIn,
      cookie,
      webhookKey,
      publicUrl,
      allowedHosts: options.allowedHosts ?? [],
      isHttps,
      now,
      log,
    },
    isReachable: () => isReachable(),
    viewerOf: (c) => signIn.personOf(cookie.read(c)),
  });
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: timeouts }) as Server;
  const closeGently = gentleClosing(server);
  const url = await listen(server, options).catch((error: unknown) => {
    database.close();
    throw error;
  });
  const catchUp = startCatchUp({ saldo, transfers, register, wantNames: names.want, log, everyMs });
  isReachable = catchUp.isReachable;

  return {
    url,
    close: async () => {
      closing.abort();
      live.close();
      await Promise.all([catchUp.stop(), names.idle(), closeGently()]);
      database.close();
    },
  };
};

const catchUpEveryMs = 30_000;
const decisionPausesMs = [250, 500, 1_000, 2_000, 4_000];

/** A request is read within half a minute; answers may take as long as a decision does. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000 };

/**
 * Ends what is being answered, then closes all connections: browsers keep some open for requests
 * to come, others they have opened and never used.
 */
const gentleClosing = (server: Server): (() => Promise<void>) => {
  const answering = new Set<ServerResponse>();
  let isClosing = false;
  const endIfQuiet = (): void => {
    if (isClosing && answering.size === 0) server.closeAllConnections();
  };
  server.on("request", (_, response: ServerResponse) => {
    answering.add(response);
    response.once("close", () => {
      answering.delete(response);
      setImmediate(endIfQuiet); // what was written last is on its way by then
    });
  });
  return async () => {
    const closed = once(server, "close");
    isClosing = true;
    server.close();
    endIfQuiet();
    await closed;
  };
};

const listen = async (server: Server, { port, host }: AdminOptions): Promise<string> => {
  server.listen(port, host ?? "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${name}:${address.port}`;
};
