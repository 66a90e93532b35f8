/** The token endpoint (RFC 6749, section 3.2). */
import { createHash } from "node:crypto";
import { isFromForeignPage } from "../../shared/http/callers.ts";
import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import { actAsGrant, type GrantType, type IdentityClient, isSameSecret } from "../directory.ts";
import type { Refreshable } from "../grants/refresh-tokens.ts";
import { formOf, jsonAnswer, OAuthError } from "./answers.ts";
import type { Issued } from "../tokens.ts";
import { apiScopes, isDefaultScope, readScopes } from "./scopes.ts";
import type { Services } from "./services.ts";

type Form = Readonly<Record<string, string>>;

export function token(services: Services, request: WireRequest): WireResponse {
  const form = formOf(request);
  const client = authenticate(services, form, request);
  // As Entra ID (AADSTS9002326): such apps run in no browser, and the secrets of a laptop are known to everybody.
  if (client.secret !== undefined && isFromForeignPage(request))
    throw new OAuthError("invalid_request", "A page gets no token of an app that has a secret.");
  const { grant_type: type } = form;
  const known: readonly string[] = client.grants;
  if (type === undefined) throw new OAuthError("invalid_request", "grant_type is required.");
  if (!isGrantType(type))
    throw new OAuthError("unsupported_grant_type", `There is no grant "${type}".`);
  if (!known.includes(type))
    throw new OAuthError("unauthorized_client", `${client.id} may not use this grant.`);
  return jsonAnswer(200, grants[type](services, client, form));
}

type Grant = (services: Services, client: IdentityClient, form: Form) => object;

const grants: Readonly<Record<GrantType, Grant>> = {
  authorization_code: (services, client, form) => {
    const { code = "", redirect_uri: redirectUri, code_verifier: verifier = "" } = form;
    const redeemed = services.codes.redeem(code);
    if (redeemed === undefined) throw invalidGrant("The code is unknown or has expired.");
    if ("reusedFamily" in redeemed) {
      services.refreshTokens.revoke(redeemed.reusedFamily);
      throw invalidGrant("The code was used before.");
    }
    const { authorized, family } = redeemed;
    if (authorized.clientId !== client.id) throw invalidGrant("The code is another app's.");
    if (authorized.redirectUri !== redirectUri)
      throw invalidGrant("redirect_uri is not the one that the code was sent to.");
    if (challengeOf(verifier) !== authorized.codeChallenge)
      throw invalidGrant("code_verifier does not fit the code_challenge.");
    const { nonce } = authorized;
    return answer(services, { ...authorized, family }, nonce === undefined ? {} : { nonce });
  },
  refresh_token: (services, client, form) => {
    const found = services.refreshTokens.redeem(form["refresh_token"] ?? "", client.id);
    if (found === undefined) throw invalidGrant("The refresh token is unknown, used or expired.");
    return answer(services, found, {});
  },
  client_credentials: ({ api, tokens }, client, form) => {
    if (client.secret === undefined)
      throw new OAuthError("unauthorized_client", "An app without a secret is nobody by itself.");
    if (!isDefaultScope(api, form["scope"]))
      throw new OAuthError("invalid_scope", `scope must be ${api.uri}/.default.`);
    return accessAnswer(tokens.forClient(client.id, client.roles ?? []));
  },
  [actAsGrant]: ({ api, directory, tokens }, client, form) => {
    if (client.secret === undefined)
      throw new OAuthError("unauthorized_client", "Only an app with a secret may act as somebody.");
    const { username = "", scope = "" } = form;
    if (!/^[^\s@]+@[^\s@]+$/.test(username))
      throw new OAuthError("invalid_request", "username must be an e-mail address.");
    const scopes = apiScopes(api, readScopes(api, scope));
    const user = directory.userNamed(username);
    return accessAnswer(tokens.forUser({ user, clientId: client.id, scopes }));
  },
};

function isGrantType(type: string): type is GrantType {
  return Object.hasOwn(grants, type);
}

function answer(
  { api, tokens, refreshTokens }: Services,
  refreshable: Refreshable,
  once: { readonly nonce?: string },
): object {
  const { user, clientId, scopes, at, family } = refreshable;
  const grant = { user, clientId, scopes: apiScopes(api, scopes) };
  const access = accessAnswer(tokens.forUser(grant));
  const id = scopes.includes("openid")
    ? { id_token: tokens.idToken({ ...grant, ...once, at }) }
    : {};
  const refresh = scopes.includes("offline_access")
    ? { refresh_token: refreshTokens.add({ user, clientId, scopes, at, family }) }
    : {};
  return { ...access, ...id, ...refresh, scope: scopes.join(" ") };
}

function accessAnswer({ token, expiresInSeconds }: Issued): object {
  return { token_type: "Bearer", access_token: token, expires_in: expiresInSeconds };
}

/** By Basic authentication or by the form; a public client says who it is and proves nothing. */
function authenticate(services: Services, form: Form, { headers }: WireRequest): IdentityClient {
  const { id, secret } = credentialsOf(form, headers["authorization"]);
  const client = services.directory.client(id);
  const isRight =
    client !== undefined &&
    (client.secret === undefined
      ? secret === undefined
      : secret !== undefined && isSameSecret(secret, client.secret));
  if (!isRight) throw new OAuthError("invalid_client", "The app or its secret is unknown.", 401);
  return client;
}

function credentialsOf(
  form: Form,
  authorization: string | undefined,
): { id: string; secret: string | undefined } {
  const basic = /^Basic ([\w+/]+=*)$/i.exec(authorization ?? "")?.[1];
  if (basic === undefined) return { id: form["client_id"] ?? "", secret: form["client_secret"] };
  const [id = "", ...rest] = Buffer.from(basic, "base64").toString().split(":");
  const decode = (text: string): string => new URLSearchParams(`v=${text}`).get("v") ?? "";
  return { id: decode(id), secret: decode(rest.join(":")) };
}

function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

function invalidGrant(description: string): OAuthError {
  return new OAuthError("invalid_grant", description);
}
