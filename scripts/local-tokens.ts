/** Access tokens from the local issuer, for tests and measurements: of anybody, without asking them. */
import { actAsGrant } from "../emulator/identity/index.ts";
import { localClients, localScopes } from "./local-identity.ts";

/** A person by e-mail address, or an app by what it may do. */
export type Who = `${string}@${string}` | "approval-desk" | "operator";

export type LocalTokens = {
  /** The same until it is forgotten. */
  of(who: Who): Promise<string>;
  /** It was refused, because the clock was moved. */
  forget(who: Who): void;
};

/** Of the issuer that the function app at this address names. */
export function localTokens(functionsUrl: string): LocalTokens {
  const known = new Map<Who, Promise<string>>();
  let issuer: Promise<string> | undefined;
  const ask = async (who: Who): Promise<string> =>
    tokenFrom(await (issuer ??= issuerOf(functionsUrl)), who);
  return {
    of: (who) => {
      const token = known.get(who) ?? ask(who);
      known.set(who, token);
      return token;
    },
    forget: (who) => void known.delete(who),
  };
}

async function issuerOf(functionsUrl: string): Promise<string> {
  const response = await fetch(`${functionsUrl}/api/.well-known/oauth-protected-resource`);
  const { authorization_servers } = (await response.json()) as Record<string, string[]>;
  const [issuer] = authorization_servers ?? [];
  if (issuer === undefined) throw new Error(`${functionsUrl} does not say whose tokens it takes.`);
  return issuer;
}

async function tokenFrom(issuer: string, who: Who): Promise<string> {
  const body = new URLSearchParams(formOf(who));
  const response = await fetch(`${issuer}/token`, { method: "POST", body });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`The issuer gives ${who} no token.`);
  return token;
}

function formOf(who: Who): Record<string, string> {
  if (who === "approval-desk" || who === "operator") {
    const { id, secret } = who === "operator" ? localClients.operations : localClients.admin;
    const credentials = { client_id: id, client_secret: secret };
    return { grant_type: "client_credentials", scope: localScopes.app, ...credentials };
  }
  const { id, secret } = localClients.simulator;
  const credentials = { client_id: id, client_secret: secret };
  return { grant_type: actAsGrant, username: who, scope: localScopes.person, ...credentials };
}
