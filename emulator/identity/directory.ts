/** Who there is: the users, and the apps registered as clients. */
import { createHash, timingSafeEqual } from "node:crypto";

export type IdentityUser = {
  readonly email: string;
  readonly name: string;
  /** Without one, nobody signs in as this user on the page. */
  readonly password?: string;
  /** App roles assigned to the user: the claim `roles`. */
  readonly roles?: readonly string[];
};

/**
 * Development only, and no part of Entra ID: gives a confidential client a token of the user named
 * by `username` (an e-mail), without asking that user. Unknown names become users without any role,
 * so that a script can act as as many people as it likes.
 */
export const actAsGrant = "urn:emulated-identity:act-as";

export type GrantType =
  "authorization_code" | "refresh_token" | "client_credentials" | typeof actAsGrant;

/** An app registration. */
export type IdentityClient = {
  readonly id: string;
  /** Confidential clients prove themselves with it; a public one has none. */
  readonly secret?: string;
  readonly grants: readonly GrantType[];
  /**
   * Compared as text, except that a loopback address without a port allows any port (RFC 8252,
   * section 7.3), as Entra ID does for `http://localhost`.
   */
  readonly redirectUris?: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
  /** App roles granted to the app itself: the claim `roles` of `client_credentials`. */
  readonly roles?: readonly string[];
};

/** A user with what is derived of the e-mail. */
export type KnownUser = {
  /** The same for every client: the claim `oid`. */
  readonly objectId: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
};

export type Directory = {
  client(id: string): IdentityClient | undefined;
  /** Undefined if there is no such user, or the password is another. */
  signIn(email: string, password: string): KnownUser | undefined;
  user(objectId: string): KnownUser | undefined;
  /** The user of this e-mail, who need not be known. */
  userNamed(email: string): KnownUser;
};

export function createDirectory(
  users: readonly IdentityUser[],
  clients: readonly IdentityClient[],
): Directory {
  const clientsById = new Map(clients.map((client) => [client.id, client]));
  const usersByEmail = new Map(users.map((user) => [user.email.toLowerCase(), user]));
  const usersById = new Map(users.map((user) => [objectIdOf("user", user.email), knownUser(user)]));
  return {
    client: (id) => clientsById.get(id),
    signIn: (email, password) => {
      const user = usersByEmail.get(email.trim().toLowerCase());
      const isRight = user?.password !== undefined && isSameSecret(password, user.password);
      return isRight ? knownUser(user) : undefined;
    },
    user: (objectId) => usersById.get(objectId),
    userNamed: (email) => {
      const user = usersByEmail.get(email.trim().toLowerCase()) ?? { email, name: email };
      return knownUser(user);
    },
  };
}

/** Takes equally long wherever the two differ. */
export function isSameSecret(given: string, expected: string): boolean {
  const digests = [given, expected].map((text) => createHash("sha256").update(text).digest());
  const [a = Buffer.alloc(0), b = Buffer.alloc(1)] = digests;
  return timingSafeEqual(a, b);
}

/** In the form of a GUID, as Entra ID's object ids; the same whenever and wherever it is asked for. */
export function objectIdOf(kind: "user" | "client", name: string): string {
  const hash = createHash("sha256").update(`${kind}\n${name.trim().toLowerCase()}`).digest("hex");
  const parts = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20)];
  return [...parts, hash.slice(20, 32)].join("-");
}

export function mayRedirectTo(uri: string, registered: readonly string[] = []): boolean {
  return registered.some((known) => known === uri || known === withoutLoopbackPort(uri));
}

const loopbackHosts = ["127.0.0.1", "[::1]", "localhost"];

function withoutLoopbackPort(uri: string): string | undefined {
  const parsed = URL.parse(uri);
  if (parsed?.protocol !== "http:" || !loopbackHosts.includes(parsed.hostname)) return undefined;
  // Anything that parsing would change or hide (user info, a fragment) is not what was registered.
  if (parsed.href !== uri || parsed.username !== "" || parsed.hash !== "") return undefined;
  return uri.replace(`:${parsed.port}/`, "/");
}

function knownUser({ email, name, roles = [] }: IdentityUser): KnownUser {
  return { objectId: objectIdOf("user", email), email, name, roles };
}
