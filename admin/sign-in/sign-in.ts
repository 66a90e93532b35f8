import { createHash, randomBytes } from "node:crypto";
import { Problem } from "../http/problems.ts";
import type { SessionStore } from "../store/sessions.ts";
import type { Approver } from "./approvers.ts";
import { createFailedAttempts, pauseMs } from "./failed-attempts.ts";
import { hashPassword, isPassword } from "./password-hash.ts";

/** Who is at the other end. */
export type Person = { email: string; name: string };

type Credentials = { email: string; password: string; place: string };

export type SignIn = {
  /** Gives the token of a new session. Throws the problem if it is refused. */
  signIn: (credentials: Credentials) => Promise<{ person: Person; token: string }>;
  personOf: (token: string | undefined) => Person | undefined;
  signOut: (token: string | undefined) => void;
  /** The name of whoever has this address, or the address itself. */
  nameOf: (email: string) => string;
};

type Needs = { approvers: readonly Approver[]; sessions: SessionStore; now: () => number };

export const createSignIn = async ({ approvers, sessions, now }: Needs): Promise<SignIn> => {
  const byEmail = new Map(approvers.map((approver) => [approver.email.toLowerCase(), approver]));
  const failedAttempts = createFailedAttempts(now);
  // Nobody's password: an unknown address takes as long to refuse as a known one.
  const nobodysHash = await hashPassword(randomBytes(16).toString("base64url"));

  const known = (email: string): Approver | undefined => byEmail.get(email.trim().toLowerCase());

  return {
    signIn: async ({ email, password, place }) => {
      const normalized = email.trim().toLowerCase();
      if (!failedAttempts.begin(normalized, place)) throw tooManyAttempts();
      const approver = known(email);
      const isRight = await isPassword(password, approver?.passwordHash ?? nobodysHash);
      if (!isRight || approver === undefined) throw wrongCredentials();
      failedAttempts.succeed(normalized, place);
      sessions.removeExpired(now());
      const token = randomBytes(32).toString("base64url");
      const session = { tokenHash: hashOf(token), expiresAtMs: now() + sessionLastsMs };
      sessions.add({ ...session, email: normalized });
      return { person: { email: normalized, name: approver.name }, token };
    },
    personOf: (token) => {
      const email = token === undefined ? undefined : sessions.emailOf(hashOf(token), now());
      const approver = email === undefined ? undefined : known(email);
      return approver && { email: approver.email.toLowerCase(), name: approver.name };
    },
    signOut: (token) => {
      if (token !== undefined) sessions.remove(hashOf(token));
    },
    nameOf: (email) => known(email)?.name ?? email,
  };
};

/** A working day; then the password is asked for again. */
export const sessionLastsMs = 12 * 60 * 60_000;

const hashOf = (token: string): string => createHash("sha256").update(token).digest("base64url");

const wrongCredentials = (): Problem =>
  new Problem("wrong_credentials", "Check both and try again.");

const tooManyAttempts = (): Problem =>
  new Problem("too_many_attempts", "Wait five minutes, then try again.", {
    "retry-after": String(pauseMs / 1_000),
  });
