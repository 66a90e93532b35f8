import type { CallerRules } from "../shared/http/callers.ts";
import { serveHttp, withText } from "../shared/http/server.ts";
import type { WireHandler } from "../shared/wire.ts";
import { createDirectory, type IdentityClient, type IdentityUser } from "./directory.ts";
import { refusal } from "./endpoints/answers.ts";
import { createRoutes } from "./endpoints/routes.ts";
import { createCodes } from "./grants/codes.ts";
import { createRefreshTokens } from "./grants/refresh-tokens.ts";
import { createSessions } from "./grants/sessions.ts";
import { openKeyRing } from "./keys/key-ring.ts";
import { createTokens, type ProtectedApi } from "./tokens.ts";

export type IdentityOptions = CallerRules & {
  /** Keeps the signing keys, private parts included; made if it does not exist. */
  readonly file: string;
  /** 0 for any free port; always of the loopback interface. */
  readonly port: number;
  /**
   * Must tell the same time as whoever checks the tokens: a token of an advanced clock is not valid
   * yet (`nbf`) by the machine's.
   */
  readonly clock: { now(): number };
  readonly users: readonly IdentityUser[];
  readonly clients: readonly IdentityClient[];
  /** What the access tokens are for. */
  readonly api: ProtectedApi;
  /** An hour unless told: Entra ID's last 60 to 90 minutes ("Access tokens", Token lifetime). */
  readonly accessTokenLifetimeMs?: number;
};

export type Identity = {
  /** The issuer: no trailing slash, e.g. `http://127.0.0.1:9020`. */
  readonly url: string;
  /** Everything that `url` serves, for callers in the same process. */
  readonly handle: WireHandler;
  /** A new key signs from now on; the one before stays published, the one before that is gone. */
  rotateKeys(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Starts the issuer. Keys survive a restart; sessions, codes and refresh tokens do not: people sign
 * in again. It is a development server: passwords are compared as they stand in the options, and
 * nothing slows guessing down.
 * @throws Error when the file holds something else than keys, or the port is taken
 */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const { file, clock, users, clients, api } = options;
  const keys = await openKeyRing(file);
  const directory = createDirectory(users, clients);
  let url = "";
  const lifetimeMs = options.accessTokenLifetimeMs ?? defaultLifetimeMs;
  const tokens = createTokens({ keys, clock, api, lifetimeMs, issuer: () => url });
  const handle = createRoutes({
    issuer: () => url,
    directory,
    keys,
    tokens,
    api,
    clock,
    codes: createCodes(clock),
    refreshTokens: createRefreshTokens(clock),
    sessions: createSessions(clock),
  });
  const server = await serveHttp(withText(handle), {
    ...options,
    // Apps in browsers sign people in here: what they may read and do with it is said at each endpoint.
    foreignPages: "answered",
    mostBodyBytes: 1_048_576,
    refuse: refusal,
  });
  url = server.url;
  return { url, handle, rotateKeys: keys.rotate, close: server.close };
}

const defaultLifetimeMs = 60 * 60_000;
