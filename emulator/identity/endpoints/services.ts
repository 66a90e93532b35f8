import type { WireRequest } from "../../shared/wire.ts";
import type { Directory } from "../directory.ts";
import type { Codes } from "../grants/codes.ts";
import type { RefreshTokens } from "../grants/refresh-tokens.ts";
import type { Session, Sessions } from "../grants/sessions.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { ProtectedApi, Tokens } from "../tokens.ts";

/** What the endpoints work with. */
export type Services = {
  readonly issuer: () => string;
  readonly directory: Directory;
  readonly keys: KeyRing;
  readonly tokens: Tokens;
  readonly api: ProtectedApi;
  readonly clock: { now(): number };
  readonly codes: Codes;
  readonly refreshTokens: RefreshTokens;
  readonly sessions: Sessions;
};

const cookieName = "identity_session";

export function sessionOf(
  { sessions }: Services,
  { headers }: WireRequest,
): (Session & { readonly name: string }) | undefined {
  const name = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]+)`).exec(headers["cookie"] ?? "")?.[1];
  const session = name === undefined ? undefined : sessions.get(name);
  return session && name !== undefined ? { ...session, name } : undefined;
}

/** An empty name removes the cookie. */
export function sessionCookie(name: string): string {
  const rest = name === "" ? "; Max-Age=0" : "";
  return `${cookieName}=${name}; Path=/; HttpOnly; SameSite=Lax${rest}`;
}
