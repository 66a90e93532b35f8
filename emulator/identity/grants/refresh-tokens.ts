import type { Authorized } from "./codes.ts";
import { createExpiring } from "./expiring.ts";

/** What a refresh token gives again. `family`: all that one sign-in led to. */
export type Refreshable = Pick<Authorized, "user" | "clientId" | "scopes" | "at"> & {
  readonly family: string;
};

export type RefreshTokens = {
  add(refreshable: Refreshable): string;
  /** Each is good for one use; the second use of one ends its family (RFC 9700, section 4.14.2). */
  redeem(token: string, clientId: string): Refreshable | undefined;
  revoke(family: string): void;
};

/** Entra ID's last 90 days ("Refresh tokens"), 24 hours for single-page apps; here it is a day. */
const lifetimeMs = 24 * 60 * 60_000;

export function createRefreshTokens(clock: { now(): number }): RefreshTokens {
  const tokens = createExpiring<{ readonly refreshable: Refreshable; isUsed: boolean }>(
    clock,
    lifetimeMs,
  );
  const revoke = (family: string): void => {
    tokens.deleteWhere(({ refreshable }) => refreshable.family === family);
  };
  return {
    add: (refreshable) => tokens.add({ refreshable, isUsed: false }),
    redeem: (token, clientId) => {
      const found = tokens.get(token);
      if (found?.refreshable.clientId !== clientId) return undefined;
      if (found.isUsed) {
        revoke(found.refreshable.family);
        return undefined;
      }
      found.isUsed = true;
      return found.refreshable;
    },
    revoke,
  };
}
