import type { OwnerOf } from "../account/owners.ts";
import type { OwnAccounts, Person } from "../account/read-intention.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import { Problem } from "../../platform/http/problem.ts";
import type { AccountView } from "../account/account-view.ts";
import { partiesIn } from "./read-transfer-view.ts";
import type { TransferView } from "./transfer-view.ts";

/**
 * Looked up here and not believed of the caller. A person is known by the subject if it is their own token, else by the
 * e-mail address that the issuer told of whoever opened the account. The address that was typed counts only where the
 * issuer told none: anybody can type an approver's, and would keep that approver from deciding.
 */
export function ownAccounts(
  transfers: Documents<TransferView>,
  accounts: Documents<AccountView>,
  ownerOf: OwnerOf,
): OwnAccounts {
  const isOwn = async (accountId: string, { subject, email }: Person): Promise<boolean> => {
    const [shown, owner] = await Promise.all([
      accounts.read(accountId, accountId),
      ownerOf(accountId),
    ]);
    if (owner?.subject === subject) return true;
    const address = owner?.email ?? shown?.document.email;
    return address?.toLowerCase() === email.toLowerCase();
  };
  return async (transferId, person) => {
    const view = await transfers.read(transferId, transferId);
    if (view === undefined)
      throw new Problem("not_found", `No transfer ${transferId} has ever waited.`);
    const { from, to } = partiesIn(view.document);
    const own = await Promise.all([from, to].map((accountId) => isOwn(accountId, person)));
    return [from, to].filter((_, index) => own[index]);
  };
}
