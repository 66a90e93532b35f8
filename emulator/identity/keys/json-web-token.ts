/** JSON Web Tokens in compact form (RFC 7519, RFC 7515), signed with RS256 and nothing else. */
import { sign as signBytes, verify as verifyBytes } from "node:crypto";
import { type KeyRing, signingAlgorithm } from "./key-ring.ts";

export type Claims = Readonly<Record<string, unknown>>;

export function sign(claims: Claims, keys: KeyRing): string {
  const { keyId, privateKey } = keys.current();
  const header = { alg: signingAlgorithm, typ: "JWT", kid: keyId };
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = signBytes("sha256", Buffer.from(signed), privateKey);
  return `${signed}.${signature.toString("base64url")}`;
}

/** The claims, if the token was signed by a published key; whether they still hold is another question. */
export function verify(token: string, keys: KeyRing): Claims | undefined {
  const [header = "", payload = "", signature = "", ...more] = token.split(".");
  const { alg, kid } = decode(header) ?? {};
  const key = typeof kid === "string" ? keys.find(kid) : undefined;
  if (more.length > 0 || alg !== signingAlgorithm || key === undefined) return undefined;
  const signed = Buffer.from(`${header}.${payload}`);
  const isGenuine = verifyBytes("sha256", signed, key, Buffer.from(signature, "base64url"));
  return isGenuine ? decode(payload) : undefined;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? (value as Claims) : undefined;
  } catch {
    return undefined; // whatever it is, it is no part of a token
  }
}
