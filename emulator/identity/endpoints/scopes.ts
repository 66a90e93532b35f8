import type { ProtectedApi } from "../tokens.ts";
import { OAuthError } from "./answers.ts";

/** Those of OpenID Connect Core (section 5.4 and 11) that need no prefix. */
export const openIdScopes = ["openid", "profile", "email", "offline_access"] as const;

/**
 * Splits and checks what was asked for; scopes of the API come with its prefix, as Entra ID wants
 * them ("Scopes and permissions in the Microsoft identity platform"), and stay with it here.
 */
export function readScopes(api: ProtectedApi, text: string): readonly string[] {
  const scopes = text.split(" ").filter((scope) => scope !== "");
  const known = new Set<string>([
    ...openIdScopes,
    ...api.scopes.map((scope) => `${api.uri}/${scope}`),
  ]);
  const unknown = scopes.find((scope) => !known.has(scope));
  if (unknown !== undefined)
    throw new OAuthError("invalid_scope", `There is no scope "${unknown}".`);
  if (scopes.length === 0) throw new OAuthError("invalid_scope", "scope is required.");
  return scopes;
}

/** The scopes of the API alone, without its prefix: what the claim `scp` lists. */
export function apiScopes(api: ProtectedApi, scopes: readonly string[]): readonly string[] {
  const prefix = `${api.uri}/`;
  return scopes
    .filter((scope) => scope.startsWith(prefix))
    .map((scope) => scope.slice(prefix.length));
}

/** For an app in its own name: all that it was granted, by this one scope. */
export function isDefaultScope(api: ProtectedApi, text: string | undefined): boolean {
  return text === `${api.uri}/.default`;
}
