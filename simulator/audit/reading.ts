import type { Api, StatementQuery } from "../client/api.ts";
import type { Movement } from "../client/documents.ts";
import { ContractBreach } from "../client/json.ts";

/**
 * Reads all pages of a statement.
 *
 * @throws ContractBreach when a page belongs to another account or leads back to where it was
 */
export const readStatement = async (
  api: Api,
  accountId: string,
  query: StatementQuery,
): Promise<Movement[]> => {
  const movements: Movement[] = [];
  const cursors = new Set<string>();
  for (let after: string | undefined; ;) {
    const page = await api.statementPage(accountId, {
      ...query,
      ...(after === undefined ? {} : { after }),
    });
    if (page.accountId !== accountId) {
      throw new ContractBreach(`The statement of ${accountId} is that of ${page.accountId}.`);
    }
    if (page.items.length > (query.limit ?? DEFAULT_LIMIT)) {
      throw new ContractBreach(`A page of ${accountId} has ${page.items.length} items.`);
    }
    movements.push(...page.items);
    after = page.next;
    if (after === undefined) return movements;
    if (cursors.has(after)) {
      throw new ContractBreach(`The statement of ${accountId} goes round in circles at ${after}.`);
    }
    cursors.add(after);
  }
};

const DEFAULT_LIMIT = 50;
