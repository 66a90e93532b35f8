/** An issuer on a socket, and a browser and apps that speak its protocols with it. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { decodeJwt } from "jose";
import {
  actAsGrant,
  type Identity,
  type IdentityClient,
  type IdentityOptions,
  startIdentity,
} from "../../../../emulator/identity/index.ts";
import { type AdjustableClock, createClock } from "../../../../emulator/shared/clock.ts";

export type Json = Readonly<Record<string, unknown>>;
export type JsonAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
};

export const api = { audience: "orders-api", uri: "api://orders", scopes: ["access"] };
export const apiScope = "api://orders/access";
export const redirectUri = "http://127.0.0.1:4711/signed-in";

export const ada = {
  email: "ada@example.com",
  name: "Ada",
  password: "ada's word",
  roles: ["approver"],
};

const users = [ada, { email: "bob@example.com", name: "Bob", password: "bob's word" }];

export const web: IdentityClient = {
  id: "web",
  secret: "web's secret",
  grants: ["authorization_code", "refresh_token"],
  redirectUris: [redirectUri, "http://127.0.0.1/any-port"],
  postLogoutRedirectUris: ["http://127.0.0.1:4711/signed-out"],
};
export const mobile: IdentityClient = {
  id: "mobile",
  grants: ["authorization_code", "refresh_token", "client_credentials"],
  redirectUris: [redirectUri],
};
export const robot: IdentityClient = {
  id: "robot",
  secret: "robot's secret",
  grants: ["client_credentials"],
  roles: ["operator"],
};
export const script: IdentityClient = { id: "script", secret: "script's", grants: [actAsGrant] };

export type World = {
  readonly identity: Identity;
  readonly clock: AdjustableClock;
  readonly options: IdentityOptions;
  readonly app: App;
};

/** Opened for one test, at whose end it is closed. */
export async function openIdentity(
  test: TestContext,
  given: Partial<IdentityOptions> = {},
): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "identity-test-"));
  const clock = createClock();
  const clients = [web, mobile, robot, script];
  const file = join(directory, "keys.json");
  const options: IdentityOptions = { file, port: 0, clock, users, clients, api, ...given };
  const identity = await startIdentity(options);
  test.after(async () => {
    await identity.close();
    rmSync(directory, { recursive: true });
  });
  return { identity, clock, options, app: appOf(identity.url) };
}

type Parameters = Readonly<Record<string, string>>;

export type App = {
  /** The authorization endpoint, redirects not followed. */
  authorize(parameters: Parameters, headers?: Parameters): Promise<Response>;
  /** What the form of the page sends. */
  signIn(parameters: Parameters, person: Person, headers?: Parameters): Promise<Response>;
  token(form: Parameters, headers?: Parameters): Promise<JsonAnswer>;
  get(path: string, headers?: Parameters): Promise<JsonAnswer>;
  /** A whole sign-in up to the tokens, by the app `web`. */
  signedIn(person?: Person, parameters?: Parameters): Promise<Json>;
  actAs(email: string): Promise<string>;
};

type Person = { readonly email: string; readonly password: string };

function appOf(url: string): App {
  const answer = async (response: Response): Promise<JsonAnswer> => {
    const body = (await response.json()) as Json;
    return { status: response.status, headers: response.headers, body };
  };
  const post = (path: string, form: Parameters, headers: Parameters): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: "POST",
      body: new URLSearchParams(form),
      headers,
      redirect: "manual",
    });
  const token: App["token"] = async (form, headers = {}) =>
    answer(await post("/token", form, headers));
  const signIn: App["signIn"] = (parameters, { email, password }, headers) => {
    const typed = { sign_in_email: email, sign_in_password: password };
    return post("/authorize", { ...parameters, ...typed }, headers ?? { origin: url });
  };
  return {
    authorize: (parameters, headers = {}) =>
      fetch(`${url}/authorize?${new URLSearchParams(parameters).toString()}`, {
        redirect: "manual",
        headers,
      }),
    signIn,
    token,
    get: async (path, headers = {}) => answer(await fetch(`${url}${path}`, { headers })),
    signedIn: async (person = ada, parameters = {}) => {
      const { request, verifier } = newRequest(parameters);
      const code = codeIn(await signIn(request, person));
      const { body } = await token(redemption(code, verifier));
      return body;
    },
    actAs: async (username) => {
      const { id, secret = "" } = script;
      const credentials = { client_id: id, client_secret: secret };
      const form = { grant_type: actAsGrant, username, scope: apiScope, ...credentials };
      return String((await token(form)).body["access_token"]);
    },
  };
}

/** An authorization request of the app `web` that nothing is wrong with. */
export function newRequest(parameters: Parameters = {}): {
  request: Parameters;
  verifier: string;
} {
  const verifier = randomBytes(32).toString("base64url");
  const request = {
    client_id: "web",
    redirect_uri: redirectUri,
    response_type: "code",
    scope: `openid offline_access ${apiScope}`,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    state: "the state",
    ...parameters,
  };
  return { request, verifier };
}

export const webCredentials = { client_id: "web", client_secret: web.secret ?? "" };

export function redemption(code: string, verifier: string): Parameters {
  return {
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
    ...webCredentials,
  };
}

/** The parameters that a redirect carries to the app. */
export function told(response: Response): URLSearchParams {
  return new URL(response.headers.get("location") ?? "none:").searchParams;
}

export function codeIn(response: Response): string {
  return told(response).get("code") ?? "";
}

export function claimsOf(token: unknown): Json {
  return decodeJwt(String(token));
}
