/**
 * `node scripts/sign-in.ts [origin of the function app]`: signs a person in with a browser, by the authorization code flow
 * with PKCE (RFC 6749, 7636, 8252), and prints an access token for an hour:
 *
 *   token=$(node scripts/sign-in.ts)
 */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { commandLine } from "./local-identity.ts";

const functionsUrl = process.argv[2] ?? "http://127.0.0.1:7071";

type Endpoints = {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
};

const { authorization_servers, scopes_supported } = (await jsonFrom(
  `${functionsUrl}/api/.well-known/oauth-protected-resource`,
)) as { authorization_servers: readonly string[]; scopes_supported: readonly string[] };
const endpoints = (await jsonFrom(
  `${authorization_servers[0] ?? ""}/.well-known/openid-configuration`,
)) as Endpoints;

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const redirectUri = commandLine.redirectUri.replace("127.0.0.1", `127.0.0.1:${port}`);
const verifier = randomBytes(32).toString("base64url");
const state = randomBytes(16).toString("base64url");

const question = new URL(endpoints.authorization_endpoint);
question.search = new URLSearchParams({
  client_id: commandLine.id,
  redirect_uri: redirectUri,
  response_type: "code",
  scope: scopes_supported.join(" "),
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  code_challenge_method: "S256",
  state,
}).toString();
console.error(`Sign in with a browser: ${question.href}`);

const code = await codeSentTo(server);
const { access_token: token } = (await jsonFrom(endpoints.token_endpoint, {
  method: "POST",
  body: new URLSearchParams({
    grant_type: "authorization_code",
    client_id: commandLine.id,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    code,
  }),
})) as { access_token: string };
console.log(token);

/** Waits until the browser comes back; whatever does not belong to this sign-in is turned away. */
async function codeSentTo(loopback: Server): Promise<string> {
  const found = await new Promise<string>((resolve) => {
    loopback.on("request", (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", redirectUri);
      const isOurs =
        searchParams.get("state") === state && searchParams.get("iss") === endpoints.issuer;
      const sent = pathname === "/signed-in" && isOurs ? searchParams.get("code") : null;
      response.writeHead(sent === null ? 404 : 200, { "content-type": "text/plain" });
      response.end(sent === null ? "There is nothing here." : "You can close this window.");
      if (sent !== null) resolve(sent);
    });
  });
  loopback.close();
  loopback.closeIdleConnections();
  return found;
}

async function jsonFrom(address: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(address, init);
  if (!response.ok) throw new Error(`${address} answered with status ${response.status}.`);
  return response.json();
}
