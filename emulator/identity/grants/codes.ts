import type { KnownUser } from "../directory.ts";
import { createExpiring } from "./expiring.ts";

/** What was authorized: the code stands for it, once. */
export type Authorized = {
  readonly user: KnownUser;
  readonly clientId: string;
  readonly redirectUri: string;
  /** SHA-256 of the verifier, base64url (RFC 7636). */
  readonly codeChallenge: string;
  readonly scopes: readonly string[];
  readonly nonce?: string;
  /** When the user signed in. */
  readonly at: number;
};

export type Codes = {
  add(authorized: Authorized): string;
  /**
   * `reused` gives the name under which the tokens of the first use were issued: they are to be
   * revoked then (RFC 6749, section 4.1.2).
   */
  redeem(
    code: string,
  ): { authorized: Authorized; family: string } | { reusedFamily: string } | undefined;
};

/** RFC 6749 recommends ten minutes at most; an app redeems it at once. */
const lifetimeMs = 60_000;

export function createCodes(clock: { now(): number }): Codes {
  const codes = createExpiring<{ readonly authorized: Authorized; isUsed: boolean }>(
    clock,
    lifetimeMs,
  );
  return {
    add: (authorized) => codes.add({ authorized, isUsed: false }),
    redeem: (code) => {
      const found = codes.get(code);
      if (found === undefined) return undefined;
      if (found.isUsed) return { reusedFamily: code };
      found.isUsed = true;
      return { authorized: found.authorized, family: code };
    },
  };
}
