import type { DatabaseSync } from "node:sqlite";

/** Whom an account belongs to. */
export type Owner = { name: string; email: string };

export type AccountStore = ReturnType<typeof accountsIn>;

/** Names and addresses asked for once; Saldo has no way to change them. */
export const accountsIn = (database: DatabaseSync) => {
  const has = database.prepare("SELECT 1 FROM accounts WHERE account_id = ?");
  const save = database.prepare(
    "INSERT INTO accounts (account_id, name, email) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  return {
    knows: (accountId: string): boolean => has.get(accountId) !== undefined,
    save: (accountId: string, { name, email }: Owner): void => {
      save.run(accountId, name, email);
    },
  };
};
