import type { WireHandler, WireRequest, WireResponse } from "../../shared/wire.ts";
import { actAsGrant, mayRedirectTo } from "../directory.ts";
import { signingAlgorithm } from "../keys/key-ring.ts";
import { formOf, jsonAnswer, OAuthError, preflightAnswer, queryOf, redirectTo } from "./answers.ts";
import { authorize, signIn } from "./authorize.ts";
import { problemPage, signedOutPage } from "./pages.ts";
import { openIdScopes } from "./scopes.ts";
import { type Services, sessionCookie, sessionOf } from "./services.ts";
import { token } from "./token.ts";

type Endpoint = (request: WireRequest) => WireResponse;

/** The endpoints by method and path; HEAD and trailing slashes are not served. */
export function createRoutes(services: Services): WireHandler {
  const endpoints: Readonly<Record<string, Endpoint>> = {
    "GET /.well-known/openid-configuration": () => jsonAnswer(200, discovery(services)),
    "GET /keys": () => jsonAnswer(200, services.keys.published()),
    "GET /authorize": (request) => authorize(services, request),
    "POST /authorize": (request) => signIn(services, request),
    "POST /token": (request) => token(services, request),
    "GET /userinfo": (request) => userInfo(services, request),
    "POST /userinfo": (request) => userInfo(services, request),
    "GET /logout": (request) => signOut(services, request, queryOf(request)),
    "POST /logout": (request) => signOut(services, request, formOf(request)),
  };
  return (request) => Promise.resolve(answering(endpoints, request));
}

function answering(
  endpoints: Readonly<Record<string, Endpoint>>,
  request: WireRequest,
): WireResponse {
  const [path = "/"] = request.path.split("?", 1);
  if (request.method === "OPTIONS") return preflightAnswer();
  const endpoint = endpoints[`${request.method} ${path}`];
  if (endpoint === undefined)
    return jsonAnswer(404, { error: "not_found", error_description: "There is nothing here." });
  try {
    return endpoint(request);
  } catch (error) {
    if (error instanceof OAuthError) return errorAnswer(error);
    throw error;
  }
}

function errorAnswer({ code, message, status }: OAuthError): WireResponse {
  const scheme = code === "invalid_token" ? "Bearer" : "Basic";
  const challenge = { "www-authenticate": `${scheme} error="${code}"` };
  const body = { error: code, error_description: message };
  return jsonAnswer(status, body, status === 401 ? challenge : {});
}

/** OpenID Connect Discovery 1.0, section 3. */
function discovery({ issuer, api }: Services): object {
  const url = issuer();
  return {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    userinfo_endpoint: `${url}/userinfo`,
    end_session_endpoint: `${url}/logout`,
    jwks_uri: `${url}/keys`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: [
      "authorization_code",
      "refresh_token",
      "client_credentials",
      actAsGrant,
    ],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: [signingAlgorithm],
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic", "none"],
    code_challenge_methods_supported: ["S256"],
    scopes_supported: [...openIdScopes, ...api.scopes.map((scope) => `${api.uri}/${scope}`)],
    authorization_response_iss_parameter_supported: true,
  };
}

/** OpenID Connect Core 1.0, section 5.3. Any access token of a user will do, whatever its scopes. */
function userInfo({ tokens }: Services, { headers }: WireRequest): WireResponse {
  const given = /^Bearer ([\w.~+/-]+=*)$/i.exec(headers["authorization"] ?? "")?.[1];
  const claims = given === undefined ? undefined : tokens.readAccessToken(given);
  if (claims?.["scp"] === undefined)
    throw new OAuthError("invalid_token", "This takes an access token of a user.", 401);
  const { sub, oid, name, email, preferred_username } = claims;
  return jsonAnswer(200, { sub, oid, name, email, preferred_username });
}

/** OpenID Connect RP-Initiated Logout 1.0. The address to go on to must be registered. */
function signOut(
  services: Services,
  request: WireRequest,
  parameters: Readonly<Record<string, string>>,
): WireResponse {
  const session = sessionOf(services, request);
  if (session !== undefined) services.sessions.delete(session.name);
  const cookie = { "set-cookie": sessionCookie("") };
  const { post_logout_redirect_uri: address, state, id_token_hint: hint } = parameters;
  const hinted = hint === undefined ? undefined : services.tokens.clientOfIdToken(hint);
  const client = services.directory.client(hinted ?? parameters["client_id"] ?? "");
  if (address === undefined) {
    const page = signedOutPage();
    return { ...page, headers: { ...page.headers, ...cookie } };
  }
  if (!mayRedirectTo(address, client?.postLogoutRedirectUris)) {
    const page = problemPage("Signed out", "The address to go on to is not the app's.");
    return { ...page, headers: { ...page.headers, ...cookie } };
  }
  return redirectTo(address, { state }, cookie);
}
