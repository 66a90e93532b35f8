import { type HttpHandler, json } from "../../platform/http/exchange.ts";
import type { AccessSettings } from "./settings.ts";

/**
 * `GET /api/.well-known/oauth-protected-resource`: whom to ask for a token, and for which scope (RFC 9728). A client that
 * is handed this service's address alone finds its way; one that has a secret should know its issuer beforehand.
 */
export function showAccess({
  issuer,
  scope,
}: Pick<AccessSettings, "issuer" | "scope">): HttpHandler {
  const address = "/.well-known/oauth-protected-resource";
  return ({ url }) =>
    Promise.resolve(
      json(200, {
        resource: url.split("?", 1)[0]?.replace(address, ""),
        authorization_servers: [issuer],
        scopes_supported: [scope],
        bearer_methods_supported: ["header"],
      }),
    );
}
