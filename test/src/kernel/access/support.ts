/** An issuer that signs whatever a test wants, right or wrong. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import type { HttpRequest } from "../../../../src/platform/http/exchange.ts";

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

export type Issuer = {
  readonly url: string;
  /** Published, unless a test takes them back. */
  readonly keys: Map<string, KeyPair>;
  addKey(id: string): Promise<KeyPair>;
  /** What it answers: 200, or it is broken. */
  health: { status: number; discovered: object };
  /** How often its keys were asked for. */
  asked: () => number;
  /** A token about Ada that nothing is wrong with, but for what is changed. */
  token(changed?: Changed): Promise<string>;
};

export type Changed = {
  readonly claims?: JWTPayload;
  readonly without?: readonly string[];
  /** The key that signs, and the id that the token names. */
  readonly key?: KeyPair;
  readonly keyId?: string;
};

export const nowMs = Date.parse("2026-01-31T12:00:00.000Z");

export async function startIssuer(test: TestContext): Promise<Issuer> {
  const keys = new Map<string, KeyPair>();
  const health: Issuer["health"] = { status: 200, discovered: {} };
  let asked = 0;
  const published = async (): Promise<{ keys: JWK[] }> => {
    asked += 1;
    const listed = [...keys].map(async ([kid, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      ...{ kid, alg: "RS256", use: "sig" },
    }));
    return { keys: await Promise.all(listed) };
  };
  const server = createServer((request, response) => {
    const isKeys = request.url === "/keys";
    const body = isKeys ? published() : Promise.resolve({ issuer: url, ...described() });
    void body.then((answer) => {
      response.writeHead(health.status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    });
  });
  const described = (): object => ({ jwks_uri: `${url}/keys`, ...health.discovered });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const addKey = async (id: string): Promise<KeyPair> => {
    const pair = await generateKeyPair("RS256");
    keys.set(id, pair);
    return pair;
  };
  const first = await addKey("first");
  return {
    url,
    keys,
    addKey,
    health,
    asked: () => asked,
    token: ({ claims = {}, without = [], key = first, keyId = "first" } = {}) => {
      const all = { ...adasClaims(url), ...claims };
      const kept = Object.entries(all).filter(([name]) => !without.includes(name));
      return new SignJWT(Object.fromEntries(kept))
        .setProtectedHeader({ alg: "RS256", kid: keyId })
        .sign(key.privateKey);
    },
  };
}

export function adasClaims(issuer: string): JWTPayload {
  const seconds = nowMs / 1_000;
  return {
    iss: issuer,
    aud: "saldo-api",
    iat: seconds,
    nbf: seconds,
    exp: seconds + 3_600,
    oid: "ada's object id",
    sub: "ada in the app",
    azp: "mobile",
    scp: "access",
    email: "ada@example.com",
  };
}

export function requestOf(
  params: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): HttpRequest {
  return {
    url: "https://saldo.example/api/something",
    params,
    headers: new Headers(headers),
    query: new URLSearchParams(),
    text: () => Promise.resolve(""),
  };
}
