/** Who asks, and whether too often. */
import type { Clock } from "../../platform/clock.ts";
import type { HttpRequest } from "../../platform/http/exchange.ts";
import type { Caller } from "../../platform/identity/caller.ts";
import { TokenRefused, type TokenVerifier } from "../../platform/identity/token-verifier.ts";
import { clientAddress } from "./client-address.ts";
import { rateLimit } from "./rate-limit.ts";
import { tooManyRequests, unauthenticated } from "./refusals.ts";
import type { AccessSettings } from "./settings.ts";

/** Throws `Refusal` (401, 429), or `PlatformFault` while nobody can tell. */
export type Identify = (request: HttpRequest) => Promise<Caller>;

/**
 * Whoever is known is counted by name; who is not, by address. A token is looked at before anything is counted, so that
 * nobody is locked out by others who share the address.
 */
export function identification(
  { callerOf }: TokenVerifier,
  settings: Pick<AccessSettings, "callerRate" | "strangerRate" | "proxies">,
  clock: Pick<Clock, "now">,
): Identify {
  const callers = rateLimit(settings.callerRate, clock);
  const strangers = rateLimit(settings.strangerRate, clock);
  return async (request) => {
    const caller = await callerOf(request.headers.get("authorization")).catch((error: unknown) => {
      if (!(error instanceof TokenRefused)) throw error;
      const waitMs = strangers.take(clientAddress(request, settings.proxies));
      if (waitMs > 0) throw tooManyRequests(waitMs);
      throw unauthenticated(error.code, error.message, request.url);
    });
    const waitMs = callers.take(caller.subject);
    if (waitMs > 0) throw tooManyRequests(waitMs);
    return caller;
  };
}
