import { type Container, isExpired } from "./container.ts";
import { eraseDocument } from "./items/store-document.ts";
import type { Account } from "./protocol/account.ts";
import { CosmosError } from "./protocol/errors.ts";
import type { StoredDocument } from "./storage/document-table.ts";
import { endOfRange, positionOf } from "./storage/positions.ts";

const intervalMs = 30_000;
/** Documents deleted in one transaction, so that requests need not wait for long. */
const deletedAtOnce = 200;

/**
 * Deletes documents some time after they expired. Nobody sees the difference (isExpired hides them
 * at once), except in the size of the file. Starts with what expired while the account was closed.
 */
export function startExpiry(account: Account): { stop(): void } {
  const { store } = account;
  const purge = async ({ link }: Container): Promise<void> => {
    while ((await store.transactions.run(() => purgeSome(account, link))) === deletedAtOnce);
  };
  const run = (): void => {
    for (const container of store.resources.containers()) {
      if (container.defaultTtl === undefined) continue;
      purge(container).catch((error: unknown) => {
        report(container, error);
      });
    }
  };
  run();
  const timer = setInterval(run, intervalMs).unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** Says that a round ended early; the next one begins anew. */
function report({ link }: Container, error: unknown): void {
  // The account was closed meanwhile, or its storage refuses everything, which requests are told.
  if (error instanceof CosmosError) return;
  process.stderr.write(`Cosmos DB: expired documents of ${link} stay: ${String(error)}\n`);
}

function purgeSome({ store, clock }: Account, link: string): number {
  const container = store.resources.container(link);
  if (container === undefined) return 0;
  const nowMs = clock.now();
  const byOwnTtl = container.documents.expiredByOwnTtl(Math.floor(nowMs / 1000), deletedAtOnce);
  const byDefault = expiredByDefault(container, nowMs, deletedAtOnce - byOwnTtl.length);
  const expired = [...byOwnTtl, ...byDefault];
  for (const document of expired) eraseDocument(container, document);
  return expired.length;
}

/** The rows of a range lie in the order of their last write, so the oldest come first. */
function expiredByDefault(container: Container, nowMs: number, limit: number): StoredDocument[] {
  const { defaultTtl = -1, documents, partitioning } = container;
  const found: StoredDocument[] = [];
  if (defaultTtl === -1) return found;
  for (const { ordinal } of partitioning.ranges) {
    for (const document of documents.between(positionOf(ordinal, 0, 0), endOfRange(ordinal))) {
      if (found.length >= limit || (document.ts + defaultTtl) * 1000 > nowMs) break;
      if (document.ttl === null && isExpired(document, container, nowMs)) found.push(document);
    }
  }
  return found;
}
