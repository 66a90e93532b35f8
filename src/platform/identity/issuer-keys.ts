/** The public keys of an issuer: found by its discovery document, kept, and fetched anew when they may have changed. */
import type * as Jose from "jose";
import type { Clock } from "../clock.ts";
import { PlatformFault } from "../platform-fault.ts";

type KeyOf = (
  header?: Jose.JWSHeaderParameters,
  token?: Jose.FlattenedJWSInput,
) => Promise<Jose.CryptoKey>;

/** Keys are fetched anew after this long, and sooner when a token names one that is not among them, ... */
const freshForMs = 10 * 60_000;
/** ... but not more often than this: anybody can invent names. */
const unknownKeyPauseMs = 30_000;

/**
 * While the issuer cannot be reached, the keys fetched last count this long. Entra ID rolls its keys over at any time
 * and wants them looked at every 24 hours ("Signing key rollover in the Microsoft identity platform").
 */
const staleForMs = 24 * 60 * 60_000;

/** A failed fetch is not repeated sooner. */
const failurePauseMs = 2_000;
const timeoutMs = 5_000;

type Fetched = { readonly keyOf: KeyOf; readonly atMs: number };

/**
 * Resolves to the key that a token names. Rejects with an error of jose if the issuer has no such key, with
 * `PlatformFault` if nobody can tell: the issuer cannot be reached, and no key that it had lately fits.
 */
export function issuerKeys(jose: typeof Jose, issuer: string, clock: Pick<Clock, "now">): KeyOf {
  let fetched: Fetched | undefined;
  let failed: { readonly cause: unknown; readonly atMs: number } | undefined;
  let fetching: Promise<void> | undefined;

  const fetchKeys = async (): Promise<void> => {
    try {
      fetched = { keyOf: jose.createLocalJWKSet(await keysOf(issuer)), atMs: clock.now() };
      failed = undefined;
    } catch (cause) {
      failed = { cause, atMs: clock.now() };
    } finally {
      fetching = undefined;
    }
  };

  /** All who need the keys at the same time wait for the same answer. */
  const refresh = async (): Promise<void> => {
    const isTooSoon = failed !== undefined && clock.now() - failed.atMs < failurePauseMs;
    if (!isTooSoon) await (fetching ??= fetchKeys());
  };

  const ageMs = (): number => clock.now() - (fetched?.atMs ?? Number.NEGATIVE_INFINITY);

  const fault = (): PlatformFault =>
    new PlatformFault(`The keys of ${issuer} cannot be fetched.`, {
      cause: failed?.cause,
      retryAfterMs: failurePauseMs,
    });

  return async (header, token) => {
    if (ageMs() >= freshForMs) await refresh();
    if (fetched === undefined || ageMs() >= staleForMs) throw fault();
    try {
      return await fetched.keyOf(header, token);
    } catch (error) {
      if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error;
      if (ageMs() >= unknownKeyPauseMs) await refresh();
      // It may be a new key: who knows before the issuer can be asked again?
      if (failed !== undefined) throw fault();
      return fetched.keyOf(header, token);
    }
  };
}

/** OpenID Connect Discovery 1.0, section 4: the document must name the very issuer that was asked. */
async function keysOf(issuer: string): Promise<Jose.JSONWebKeySet> {
  const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const found = (await jsonFrom(address)) as {
    readonly issuer?: unknown;
    readonly jwks_uri?: unknown;
  };
  const keys = typeof found.jwks_uri === "string" ? URL.parse(found.jwks_uri) : null;
  if (found.issuer !== issuer || keys === null)
    throw new Error(`${address} does not describe ${issuer}.`);
  if (keys.protocol !== "https:" && keys.protocol !== new URL(issuer).protocol)
    throw new Error(`${issuer} has its keys where they could be exchanged on the way.`);
  return (await jsonFrom(keys.href)) as Jose.JSONWebKeySet;
}

async function jsonFrom(address: string): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(address, { redirect: "error", signal });
  if (!response.ok) throw new Error(`${address} answers ${response.status}.`);
  return response.json();
}
