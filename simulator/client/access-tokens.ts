import { parseObject, text } from "./json.ts";
import type { SendRequest } from "./http.ts";

/** Access tokens of anybody, by e-mail address. */
export type AccessTokens = {
  /** The same until it is refused. */
  of: (person: string) => Promise<string>;
  /** The service does not take this one (any longer): another is asked for next. */
  refused: (person: string, token: string) => void;
};

/**
 * The emulated issuer lets this app act as anybody, so that it can be a whole town (`docs/simulator.md`). Neither the
 * grant nor the secret is worth anything elsewhere.
 */
const GRANT = {
  grant_type: "urn:emulated-identity:act-as",
  client_id: "simulator",
  client_secret: "local-simulator-secret",
};

/** Of the issuer and for the scope that the service names (RFC 9728). */
export const accessTokens = (send: SendRequest): AccessTokens => {
  const known = new Map<string, Promise<string>>();
  let endpoint: Promise<Endpoint> | undefined;
  const ask = async (person: string): Promise<string> => {
    endpoint ??= findEndpoint(send);
    endpoint.catch(() => {
      endpoint = undefined;
    });
    const { address, scope } = await endpoint;
    const body = new URLSearchParams({ ...GRANT, scope, username: person });
    return tokenIn(await answerOf(address, { method: "POST", body }));
  };
  return {
    of: (person) => {
      const token = known.get(person) ?? ask(person);
      known.set(person, token);
      // A failure is not kept: whoever comes next asks anew.
      token.catch(() => known.delete(person));
      return token;
    },
    refused: (person, token) => {
      void known.get(person)?.then((current) => {
        if (current === token) known.delete(person);
      });
    },
  };
};

type Endpoint = { address: string; scope: string };

const findEndpoint = async (send: SendRequest): Promise<Endpoint> => {
  const path = "/api/.well-known/oauth-protected-resource";
  const { statusCode, text: told } = await send({ method: "GET", path, headers: [] });
  if (statusCode !== 200) throw new Error(`the answer to GET ${path} is ${statusCode}`);
  const { authorization_servers: issuers, scopes_supported: scopes } = parseObject(told);
  const issuer = firstOf(issuers);
  const found = await answerOf(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  return { address: text(parseObject(found), "token_endpoint"), scope: firstOf(scopes) };
};

const firstOf = (list: unknown): string => {
  const [first] = Array.isArray(list) ? (list as unknown[]) : [];
  if (typeof first === "string") return first;
  throw new Error("the service does not say whose tokens it takes");
};

const tokenIn = (body: string): string => text(parseObject(body), "access_token");

const answerOf = async (address: string, init: RequestInit = {}): Promise<string> => {
  const response = await fetch(address, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const body = await response.text();
  if (response.ok) return body;
  throw new Error(`the issuer of tokens answered ${response.status}: ${body.slice(0, 200)}`);
};

const TIMEOUT_MS = 10_000;
