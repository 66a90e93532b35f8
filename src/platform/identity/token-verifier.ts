/**
 * Turns the `Authorization` header of a request into its caller. The tokens are JSON Web Tokens of an OpenID Connect
 * issuer: Microsoft Entra ID in Azure, `emulator/identity` on a laptop. What is peculiar about Entra ID:
 *
 * - Version 2.0 tokens only (`ver`; issuer `https://login.microsoftonline.com/{tenant}/v2.0`). The API's registration
 *   decides the version: by default (`accessTokenAcceptedVersion` null) it is 1.0, from `https://sts.windows.net/…`,
 *   with other claims and another discovery document ("Access tokens in the Microsoft identity platform").
 * - `aud` of version 2.0 is the API's client id, a GUID, and not its URI `api://…` ("Secure applications and APIs by
 *   validating claims").
 * - `sub` is pairwise, another for each app a person signs in to; `oid` is the same for all of a tenant ("Access token
 *   claims reference"). Hence the subject is `oid`, and `sub` where an issuer has none.
 * - `scp` is in users' tokens only: what the app may do for them. An app in its own name has `roles` instead; a user's
 *   `roles` are the app roles assigned to that person (same page).
 * - `azp` names the app. ID tokens have none: one of them is no access token, even where the audience is the same.
 * - `preferred_username` and `email` can change hands, so nobody gets access for them (same page). `email` is an
 *   optional claim, to be asked for in the registration ("Configure and manage optional claims").
 */
import type { JWTPayload } from "jose";
import { boundedCache } from "../bounded-cache.ts";
import type { Clock } from "../clock.ts";
import type { Caller, Role } from "./caller.ts";
import { issuerKeys } from "./issuer-keys.ts";

export type TokenVerifierOptions = {
  /** Exactly as in the tokens' `iss`; its discovery document is below it. */
  readonly issuer: string;
  readonly audience: string;
  /**
   * What an app must be allowed to do for a person, for that person to be a customer here: as it is asked for, such as
   * `api://orders/access`. In `scp` it stands without its prefix.
   */
  readonly scope: string;
  readonly clock: Pick<Clock, "now">;
};

export type TokenVerifier = {
  /**
   * Throws `TokenRefused`, or `PlatformFault` while the issuer's keys are needed and cannot be had.
   * @param authorization the header as it came; null if it did not
   */
  callerOf(authorization: string | null): Promise<Caller>;
};

/** There is no token, or it is none that counts. The message is for the client, and repeats nothing of the token. */
export class TokenRefused extends Error {
  override readonly name = "TokenRefused";
  readonly code: "missing_token" | "invalid_token";

  constructor(code: TokenRefused["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Entra ID's, and nothing that a sender may choose instead. */
const algorithms = ["RS256"];

/** The clocks of issuer and app may differ by this much. */
const clockToleranceSeconds = 60;

/** A token is sent with every request: checked anew each minute, it costs a look-up instead of 60 µs of arithmetic. */
const rememberedForMs = 60_000;
const rememberedTokens = 2_000;

/** jose and the issuer's keys are loaded with the first token, not at the cold start. */
export function tokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { clock, scope } = options;
  const remembered = boundedCache<{ readonly caller: Caller; readonly untilMs: number }>(
    rememberedTokens,
  );
  let loading: Promise<Verify> | undefined;

  return {
    callerOf: async (authorization) => {
      const token = tokenIn(authorization);
      const known = remembered.get(token);
      if (known !== undefined && known.untilMs > clock.now()) return known.caller;
      const verify = await (loading ??= loadVerify(options));
      const claims = await verify(token);
      const caller = callerIn(claims, scope.slice(scope.lastIndexOf("/") + 1));
      const expiresAtMs = (claims.exp ?? 0) * 1_000;
      const untilMs = Math.min(expiresAtMs, clock.now() + rememberedForMs);
      remembered.set(token, { caller, untilMs });
      return caller;
    },
  };
}

/** RFC 6750, section 2.1; tokens in the query or the body would end up in logs. */
function tokenIn(authorization: string | null): string {
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined)
    throw new TokenRefused("missing_token", "Send an access token: Authorization: Bearer ….");
  return token;
}

type Verify = (token: string) => Promise<JWTPayload>;

async function loadVerify({ issuer, audience, clock }: TokenVerifierOptions): Promise<Verify> {
  const jose = await import("jose");
  const keys = issuerKeys(jose, issuer, clock);
  return async (token) => {
    try {
      const { payload } = await jose.jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(clock.now()),
        requiredClaims: ["exp", "iat"],
      });
      return payload;
    } catch (error) {
      if (error instanceof jose.errors.JOSEError) throw refusalOf(error);
      throw error;
    }
  };
}

const reasons: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: "The token has expired.",
  ERR_JWT_CLAIM_VALIDATION_FAILED: "The token is of another issuer, for another API, or not yet.",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "The token's signature is wrong.",
  ERR_JWKS_NO_MATCHING_KEY: "The token is signed by a key that the issuer does not have.",
  ERR_JOSE_ALG_NOT_ALLOWED: "The token is signed by an algorithm that is not accepted.",
};

function refusalOf({ code }: { readonly code: string }): TokenRefused {
  return new TokenRefused("invalid_token", reasons[code] ?? "This is no token of the issuer.");
}

const appRoles: readonly Role[] = ["approver", "operator", "approval-desk"];

function callerIn(claims: JWTPayload, scope: string): Caller {
  const { oid, sub, azp, email, scp, roles } = claims;
  const subject = textOf(oid) ?? textOf(sub);
  const client = textOf(azp);
  if (subject === undefined || client === undefined)
    throw new TokenRefused("invalid_token", "This is no access token: it names no app or nobody.");
  const given: readonly unknown[] = Array.isArray(roles) ? roles : [];
  const assigned = appRoles.filter((role) => given.includes(role));
  if (scp === undefined) return { subject, client, roles: assigned };
  const mayAct = (textOf(scp) ?? "").split(" ").includes(scope);
  const address = textOf(email);
  return {
    subject,
    client,
    roles: mayAct ? ["customer", ...assigned] : [],
    ...(address === undefined ? {} : { email: address }),
  };
}

function textOf(claim: unknown): string | undefined {
  return typeof claim === "string" && claim !== "" ? claim : undefined;
}
