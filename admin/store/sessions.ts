import type { DatabaseSync } from "node:sqlite";
import { textOf } from "./rows.ts";

/** Who is signed in, by the hash of a token: whoever reads the file cannot sign in with it. */
export type SessionStore = {
  add: (session: { tokenHash: string; email: string; expiresAtMs: number }) => void;
  emailOf: (tokenHash: string, nowMs: number) => string | undefined;
  remove: (tokenHash: string) => void;
  removeExpired: (nowMs: number) => void;
};

export const sessionsIn = (database: DatabaseSync): SessionStore => {
  const insert = database.prepare(
    "INSERT INTO sessions (token_hash, email, expires_at_ms) VALUES (?, ?, ?)",
  );
  const find = database.prepare(
    "SELECT email FROM sessions WHERE token_hash = ? AND expires_at_ms > ?",
  );
  const remove = database.prepare("DELETE FROM sessions WHERE token_hash = ?");
  const removeExpired = database.prepare("DELETE FROM sessions WHERE expires_at_ms <= ?");
  return {
    add: (session) => {
      insert.run(session.tokenHash, session.email, session.expiresAtMs);
    },
    emailOf: (tokenHash, nowMs) => {
      const row = find.get(tokenHash, nowMs);
      return row && textOf(row, "email");
    },
    remove: (tokenHash) => {
      remove.run(tokenHash);
    },
    removeExpired: (nowMs) => {
      removeExpired.run(nowMs);
    },
  };
};
