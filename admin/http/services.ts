import type { Context } from "hono";
import type { Desk } from "../decisions/desk.ts";
import type { LiveStreams } from "../live/streams.ts";
import { Problem } from "./problems.ts";
import type { Log } from "./log.ts";
import type { SessionCookie } from "../sign-in/session-cookie.ts";
import type { Person, SignIn } from "../sign-in/sign-in.ts";
import type { TransferStore } from "../store/transfers.ts";
import type { Register } from "../transfers/register.ts";

/** What the routes work with. */
export type Services = {
  transfers: TransferStore;
  register: Register;
  desk: Desk;
  live: LiveStreams;
  signIn: SignIn;
  cookie: SessionCookie;
  webhookKey: string;
  /** Where browsers find the app; undefined: wherever it listens. */
  publicUrl: string | undefined;
  /** Names by which browsers find it without a public address, beside those of this machine. */
  allowedHosts: readonly string[];
  isHttps: boolean;
  /** Whether Saldo could be asked the last time; undefined before the first. */
  isReachable: () => boolean | undefined;
  now: () => number;
  log: Log;
  viewerOf: (c: Context) => Person | undefined;
};

export const signedIn = (services: Services, c: Context): Person => {
  const person = services.viewerOf(c);
  if (person === undefined)
    throw new Problem("not_signed_in", "Your session is over, or never was.");
  return person;
};
