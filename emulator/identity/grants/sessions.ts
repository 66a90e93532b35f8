import type { KnownUser } from "../directory.ts";
import { createExpiring, type Expiring } from "./expiring.ts";

/** Somebody signed in to the issuer with a browser: further apps need no password. */
export type Session = { readonly user: KnownUser; readonly at: number };

export type Sessions = Pick<Expiring<Session>, "add" | "get" | "delete">;

/** A working day. */
const lifetimeMs = 12 * 60 * 60_000;

export function createSessions(clock: { now(): number }): Sessions {
  return createExpiring<Session>(clock, lifetimeMs);
}
