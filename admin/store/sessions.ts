import type { DatabaseSync } from "node:sqlite";
import { textOf } from "./rows.ts";

export type SessionStore = ReturnType<typeof sessionsIn>;

/** Who is signed in, by the hash of a token: whoever reads the file cannot sign in with it. */
export const sessionsIn = (database: DatabaseSync) => {
  const insert = database.prepare(
    "INSERT INTO sessions (token_hash, email, expires_at_ms) VALUES (?, ?, ?)",
  );
  const find = database.prepare(
    "SELECT email FROM sessions WHERE token_hash = ? AND expires_at_ms > ?",
  );
  const remove = database.prepare("DELETE FROM sessions WHERE token_hash = ?");
  const removeExpired = database.prepare("DELETE FROM sessions WHERE expires_at_ms <= ?");
  return {
    add: (session: { tokenHash: string; email: string; expiresAtMs: number }): void => {
      insert.run(session.tokenHash, session.email, session.expiresAtMs);
    },
    emailOf: (tokenHash: string, nowMs: number): string | undefined => {
      const row = find.get(tokenHash, nowMs);
      return row && textOf(row, "email");
    },
    remove: (tokenHash: string): void => {
      remove.run(tokenHash);
    },
    removeExpired: (nowMs: number): void => {
      removeExpired.run(nowMs);
    },
  };
};
