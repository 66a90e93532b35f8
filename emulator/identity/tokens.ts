/** The tokens: JSON Web Tokens shaped like those of Entra ID's version 2.0, where it matters. */
import { createHash, randomUUID } from "node:crypto";
import { type KnownUser, objectIdOf } from "./directory.ts";
import { type Claims, sign, verify } from "./keys/json-web-token.ts";
import type { KeyRing } from "./keys/key-ring.ts";

/** The one API that access tokens are made for. */
export type ProtectedApi = {
  /** The claim `aud`; in Entra ID's version 2.0 the API's client id. */
  readonly audience: string;
  /** The prefix of its scopes when they are asked for, e.g. `api://orders`: `api://orders/access`. */
  readonly uri: string;
  /** What users can let an app do: the claim `scp`. */
  readonly scopes: readonly string[];
};

export type Issued = { readonly token: string; readonly expiresInSeconds: number };

type UserGrant = {
  readonly user: KnownUser;
  readonly clientId: string;
  /** Of the API, without its prefix. */
  readonly scopes: readonly string[];
};

export type Tokens = {
  forUser(grant: UserGrant): Issued;
  forClient(clientId: string, roles: readonly string[]): Issued;
  idToken(grant: UserGrant & { readonly nonce?: string; readonly at: number }): string;
  /** Whom an access token stands for; undefined if it is none, or not valid any longer. */
  readAccessToken(token: string): Claims | undefined;
  /** Whose ID token it is, even if it has expired; undefined if it is none of this issuer's. */
  clientOfIdToken(token: string): string | undefined;
};

type Needs = {
  readonly keys: KeyRing;
  readonly clock: { now(): number };
  readonly api: ProtectedApi;
  readonly lifetimeMs: number;
  readonly issuer: () => string;
};

/**
 * Claims: "Access token claims reference" and "ID token claims reference". `sub` of a user is
 * pairwise, another for each client; `oid` is the same for all.
 */
export function createTokens({ keys, clock, api, lifetimeMs, issuer }: Needs): Tokens {
  const seconds = (): number => Math.floor(clock.now() / 1_000);
  const lifetime = Math.ceil(lifetimeMs / 1_000);

  const signed = (claims: Claims): string => {
    const now = seconds();
    const common = { iss: issuer(), iat: now, nbf: now, exp: now + lifetime, ver: "2.0" };
    return sign({ ...common, uti: randomUUID(), ...claims }, keys);
  };
  const issued = (claims: Claims): Issued => ({
    token: signed({ aud: api.audience, ...claims }),
    expiresInSeconds: lifetime,
  });

  return {
    forUser: ({ user, clientId, scopes }) => {
      const { objectId, email, name, roles } = user;
      return issued({
        sub: pairwiseSubject(objectId, clientId),
        oid: objectId,
        azp: clientId,
        scp: scopes.join(" "),
        ...(roles.length === 0 ? {} : { roles: [...roles] }),
        name,
        email,
        preferred_username: email,
      });
    },
    forClient: (clientId, roles) => {
      const oid = objectIdOf("client", clientId);
      const granted = roles.length === 0 ? {} : { roles: [...roles] };
      return issued({ sub: oid, oid, azp: clientId, idtyp: "app", ...granted });
    },
    idToken: ({ user, clientId, nonce, at }) => {
      const { objectId, email, name, roles } = user;
      return signed({
        aud: clientId,
        sub: pairwiseSubject(objectId, clientId),
        oid: objectId,
        auth_time: Math.floor(at / 1_000),
        ...(nonce === undefined ? {} : { nonce }),
        ...(roles.length === 0 ? {} : { roles: [...roles] }),
        name,
        email,
        preferred_username: email,
      });
    },
    readAccessToken: (token) => {
      const claims = verify(token, keys);
      if (claims?.["iss"] !== issuer() || claims["aud"] !== api.audience) return undefined;
      return Number(claims["exp"]) > seconds() ? claims : undefined;
    },
    clientOfIdToken: (token) => {
      // A session may be ended with an ID token that has expired.
      const { iss, aud } = verify(token, keys) ?? {};
      return iss === issuer() && typeof aud === "string" ? aud : undefined;
    },
  };
}

function pairwiseSubject(objectId: string, clientId: string): string {
  return createHash("sha256").update(`${objectId}\n${clientId}`).digest("base64url");
}
