import type { DatabaseSync } from "node:sqlite";

/** Whom an account belongs to. */
export type Owner = { name: string; email: string };

/** Names and addresses asked for once; Saldo has no way to change them. */
export type AccountStore = {
  save: (accountId: string, owner: Owner) => void;
};

export const accountsIn = (database: DatabaseSync): AccountStore => {
  const save = database.prepare(
    "INSERT INTO accounts (account_id, name, email) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  return {
    save: (accountId, { name, email }) => {
      save.run(accountId, name, email);
    },
  };
};
