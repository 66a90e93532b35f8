import type { Documents } from "../platform/cosmos/documents.ts";
import { Problem } from "../platform/http/problem.ts";
import type { AccountView } from "../projections/account-view.ts";
import type { TransferView } from "../projections/transfer-view.ts";

/**
 * Of a transfer's two accounts, those that a person (e-mail) owns: looked up here and not believed of the caller,
 * because nobody decides about a transfer of their own.
 */
export type OwnAccounts = (transferId: string, email: string) => Promise<readonly string[]>;

export function ownAccounts(
  transfers: Documents<TransferView>,
  accounts: Documents<AccountView>,
): OwnAccounts {
  return async (transferId, email) => {
    const view = await transfers.read(transferId, transferId);
    if (view === undefined)
      throw new Problem("not_found", `No transfer ${transferId} has ever waited.`);
    const { from, to } = view.document.transfer;
    const parties = await Promise.all([from, to].map((id) => accounts.read(id, id)));
    return parties
      .filter((party) => party?.document.email.toLowerCase() === email.toLowerCase())
      .map((party) => party?.document.id ?? "");
  };
}
