/** The authorization endpoint: the code flow with PKCE, and nothing else (RFC 6749, 7636, 9700). */
import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import { type IdentityClient, mayRedirectTo } from "../directory.ts";
import type { Session } from "../grants/sessions.ts";
import { formOf, OAuthError, queryOf, redirectTo } from "./answers.ts";
import { problemPage, signInPage } from "./pages.ts";
import { readScopes } from "./scopes.ts";
import { type Services, sessionCookie, sessionOf } from "./services.ts";

type Parameters = Readonly<Record<string, string>>;

type Target = { readonly client: IdentityClient; readonly redirectUri: string };

/** `GET`: asks the browser's user to sign in unless they are. */
export function authorize(services: Services, request: WireRequest): WireResponse {
  const parameters = queryOf(request);
  return answering(services, parameters, (target) => {
    const { scopes, codeChallenge } = check(services, parameters, target);
    const session = sessionOf(services, request);
    if (session !== undefined && parameters["prompt"] !== "login")
      return proceed(services, { parameters, target, scopes, codeChallenge, session });
    if (parameters["prompt"] === "none")
      throw new OAuthError("login_required", "Nobody is signed in.");
    const email = parameters["login_hint"] ?? "";
    return signInPage({ ...formOn(target, parameters), email });
  });
}

/** `POST`: the form of the page, with the request it was made for. */
export function signIn(services: Services, request: WireRequest): WireResponse {
  const { sign_in_email: email = "", sign_in_password: password = "", ...rest } = formOf(request);
  const parameters: Parameters = rest;
  // A foreign page must not sign somebody in as somebody else.
  if (!comesFromHere(services, request))
    return problemPage("This form is not from here", "Go back to the app and begin again.");
  return answering(services, parameters, (target) => {
    const { scopes, codeChallenge } = check(services, parameters, target);
    const user = services.directory.signIn(email, password);
    if (user === undefined) {
      const failure = "The e-mail or the password is wrong.";
      return signInPage({ ...formOn(target, parameters), email, failure });
    }
    const session = { user, at: services.clock.now() };
    const cookie = { "set-cookie": sessionCookie(services.sessions.add(session)) };
    const proceeding = { parameters, target, scopes, codeChallenge, session };
    return proceed(services, proceeding, cookie);
  });
}

/**
 * Whom the answer goes to is settled first: without a known client and one of its own addresses
 * there is a page, never a redirect. Every later error is told to the app.
 */
function answering(
  { directory, issuer }: Services,
  parameters: Parameters,
  answer: (target: Target) => WireResponse,
): WireResponse {
  const { client_id: clientId = "", redirect_uri: redirectUri = "", state } = parameters;
  const client = directory.client(clientId);
  if (client === undefined)
    return problemPage("Unknown app", `No app is registered as "${clientId}".`);
  if (!mayRedirectTo(redirectUri, client.redirectUris))
    return problemPage("Wrong address", `"${redirectUri}" is no redirect URI of ${clientId}.`);
  try {
    return answer({ client, redirectUri });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const { code, message } = error;
    const told = { error: code, error_description: message, state, iss: issuer() };
    return redirectTo(redirectUri, told);
  }
}

type Checked = { readonly scopes: readonly string[]; readonly codeChallenge: string };

function check(services: Services, parameters: Parameters, { client }: Target): Checked {
  if (!client.grants.includes("authorization_code"))
    throw new OAuthError("unauthorized_client", "This app may not use the code flow.");
  if (parameters["response_type"] !== "code")
    throw new OAuthError("unsupported_response_type", "response_type must be code.");
  if ((parameters["response_mode"] ?? "query") !== "query")
    throw new OAuthError("invalid_request", "response_mode must be query.");
  const { code_challenge: codeChallenge = "", code_challenge_method: method } = parameters;
  if (method !== "S256" || !/^[\w-]{43}$/.test(codeChallenge))
    throw new OAuthError("invalid_request", "code_challenge (S256) is required.");
  return { scopes: readScopes(services.api, parameters["scope"] ?? ""), codeChallenge };
}

type Proceeding = Checked & {
  readonly parameters: Parameters;
  readonly target: Target;
  readonly session: Session;
};

function proceed(
  { codes, issuer }: Services,
  { parameters, target, scopes, codeChallenge, session }: Proceeding,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  const { nonce, state } = parameters;
  const code = codes.add({
    ...session,
    clientId: target.client.id,
    redirectUri: target.redirectUri,
    codeChallenge,
    scopes,
    ...(nonce === undefined ? {} : { nonce }),
  });
  return redirectTo(target.redirectUri, { code, state, iss: issuer() }, headers);
}

function formOn(
  { client, redirectUri }: Target,
  request: Parameters,
): { clientId: string; redirectUri: string; request: Parameters } {
  return { clientId: client.id, redirectUri, request };
}

function comesFromHere({ issuer }: Services, { headers }: WireRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  return headers["origin"] === new URL(issuer()).origin;
}
