import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/**
 * Brings a store of version 1 up to date, which had no keys: they were computed from what was decided. What may have been
 * sent under such a key is repeated under it.
 */
export const keepComputedKeys = (database: DatabaseSync, schema: string): void => {
  database.function("computed_key", (transferId, approver, decision) =>
    createHash("sha256")
      .update(JSON.stringify([transferId, approver, decision]))
      .digest("base64url"),
  );
  database.exec("ALTER TABLE attempts RENAME TO attempts_of_version_1");
  database.exec(schema);
  database.exec(`
    INSERT INTO attempts
        (transfer_id, approver, decision, reason, attempted_at, outcome, detail, idempotency_key)
      SELECT transfer_id, approver, decision, reason, attempted_at, outcome, detail,
        computed_key(transfer_id, approver, decision)
      FROM attempts_of_version_1;
    DROP TABLE attempts_of_version_1;
  `);
};
