/** Access tokens: how this app shows Saldo who it is (OAuth 2.0, RFC 6749). */
import { z } from "zod";
import type { AccessTokens } from "../../contract/call.ts";

type Issued = { token: string; expiresAtMs: number };

type ClientCredentials = {
  /** An issuer of OpenID Connect: its discovery document tells where tokens are given. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Such as `api://saldo-api/.default`. */
  scope: string;
  now?: () => number;
};

/** By a secret of this app (RFC 6749, section 4.4): where there are no managed identities. */
export const byClientCredentials = (credentials: ClientCredentials): AccessTokens => {
  const { issuer, clientId, clientSecret, scope, now = Date.now } = credentials;
  const ask = async (): Promise<Issued> => {
    const { token_endpoint } = discoveryShape.parse(
      await jsonFrom(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`),
    );
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope,
    });
    const { access_token: token, expires_in } = tokenShape.parse(
      await jsonFrom(token_endpoint, { method: "POST", body }),
    );
    return { token, expiresAtMs: now() + expires_in * 1_000 };
  };
  return remembering(ask, now);
};

/** By the identity that Azure gives this app: no secret is kept anywhere. */
export const byManagedIdentity = (scope: string): AccessTokens =>
  remembering(async () => {
    const { DefaultAzureCredential } = await import("@azure/identity");
    const abortSignal = AbortSignal.timeout(answerWithinMs);
    const issued = await new DefaultAzureCredential().getToken(scope, { abortSignal });
    return { token: issued.token, expiresAtMs: issued.expiresOnTimestamp };
  }, Date.now);

/** A token is given again until it is nearly over; whoever comes meanwhile waits for the same one. */
const remembering = (ask: () => Promise<Issued>, now: () => number): AccessTokens => {
  let issued: Issued | undefined;
  let asking: Promise<Issued> | undefined;
  return {
    current: async () => {
      if (issued !== undefined && now() < issued.expiresAtMs - spareMs) return issued.token;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      issued = await asking;
      return issued.token;
    },
    refused: (token) => {
      if (issued?.token === token) issued = undefined;
    },
  };
};

/** A token this close to its end might be over when it arrives. */
const spareMs = 60_000;
const answerWithinMs = 10_000;

const discoveryShape = z.object({ token_endpoint: z.url() });
const tokenShape = z.object({ access_token: z.string(), expires_in: z.number() });

const jsonFrom = async (address: string, init: RequestInit = {}): Promise<unknown> => {
  const signal = AbortSignal.timeout(answerWithinMs);
  const response = await fetch(address, { ...init, redirect: "error", signal });
  // What the issuer says may repeat what it was sent: only its status is told.
  if (!response.ok) throw new Error(`the issuer of tokens answered with status ${response.status}`);
  return response.json();
};
