import { ContractBreach, type SystemTotals } from "../client/documents.ts";
import { formatMoney } from "../money.ts";
import type { World } from "../world/world.ts";
import { checkAccount } from "./account.ts";
import { checkHistory } from "./history.ts";
import { expectedWorld, type ExpectedAccount, type ExpectedWorld } from "./model.ts";
import { readStatement } from "./reading.ts";
import { checkTotals, type OwnTotals } from "./totals.ts";
import { checkTransfer, expectedMovements, type FinalStatus } from "./transfers.ts";

export type AuditReport = {
  accounts: number;
  transfers: number;
  movements: number;
  findings: string[];
};

export type SystemCheck =
  | { kind: "skipped" }
  /** Without `before` the growth is not known, only whether money is conserved. */
  | { kind: "wanted"; before: SystemTotals | undefined };

/** Told now and then how much of the audit is done. */
export type OnProgress = (done: number, all: number) => void;

/**
 * Holds everything the service shows against what was intended and what was answered. It reads
 * by HTTP alone and finds what is missing, doubled, wrong or out of order; one sentence each.
 *
 * @throws ServiceUnreachable
 */
export const audit = async (
  world: World,
  systemCheck: SystemCheck,
  onProgress: OnProgress,
): Promise<AuditReport> => {
  const expected = expectedWorld(world.book.entries);
  const { accounts, transfers, rejectedTransferIds } = expected;
  const report: AuditReport = {
    accounts: accounts.size,
    transfers: transfers.size,
    movements: 0,
    findings: [...expected.findings],
  };
  const all = accounts.size + transfers.size + rejectedTransferIds.length;
  let done = 0;
  const forEach = <Item>(
    items: Iterable<Item>,
    check: (item: Item) => Promise<string[]>,
  ): Promise<void> =>
    inParallel(world.clients, items, async (item) => {
      report.findings.push(...(await asFindings(check(item))));
      onProgress(++done, all);
    });

  const statuses = new Map<string, FinalStatus>();
  await forEach(transfers.values(), async (transfer) => {
    const found = await world.api.transfer(transfer.transferId);
    const currency = accounts.get(transfer.from)?.currency;
    const { status, findings } = checkTransfer(transfer, found, currency);
    statuses.set(transfer.transferId, status);
    return findings;
  });
  await forEach(rejectedTransferIds, async (transferId) => {
    const found = await world.api.transfer(transferId);
    return found ? [`Transfer ${transferId} was rejected, but is shown as ${found.status}.`] : [];
  });
  let availableE4 = 0n;
  await forEach(accounts.values(), async (account) => {
    const checked = await auditAccount(world, account, statuses);
    report.movements += checked.movements;
    availableE4 += checked.availableE4;
    return checked.findings;
  });
  const own = ownTotals(expected, statuses);
  report.findings.push(...checkOwnTotals(own, availableE4));
  if (systemCheck.kind === "wanted") {
    const patienceMs = Math.min(world.settlingPatienceMs, TOTALS_PATIENCE_MS);
    const check = { before: systemCheck.before, own, patienceMs };
    report.findings.push(...(await asFindings(checkTotals(world.api, check))));
  }
  return report;
};

type CheckedAccount = { findings: string[]; movements: number; availableE4: bigint };

const auditAccount = async (
  world: World,
  expected: ExpectedAccount,
  statuses: ReadonlyMap<string, FinalStatus>,
): Promise<CheckedAccount> => {
  const { api } = world;
  const { accountId } = expected;
  const account = await api.account(accountId);
  if (account === undefined) {
    const findings = [`Account ${accountId} is not found.`];
    return { findings, movements: 0, availableE4: 0n };
  }
  const statement = await readStatement(api, accountId, { limit: LARGEST_PAGE });
  const movements = expectedMovements(expected, statuses);
  const random = world.random.split(`audit ${accountId}`);
  return {
    findings: [
      ...checkAccount(expected, movements, { account, statement }),
      ...(await checkHistory(api, random, { account, statement })),
    ],
    movements: statement.length,
    availableE4: account.balance.availableE4,
  };
};

const LARGEST_PAGE = 200;
/** The totals of the system need not be as prompt as the accounts. */
const TOTALS_PATIENCE_MS = 5_000;

const ownTotals = (
  { accounts, transfers }: ExpectedWorld,
  statuses: ReadonlyMap<string, FinalStatus>,
): OwnTotals => {
  const own = {
    accounts: accounts.size,
    loadedE4: 0n,
    feesE4: 0n,
    availableE4: 0n,
    inFlightE4: 0n,
  };
  for (const { loads } of accounts.values()) {
    for (const { amountE4, feeE4 } of loads) {
      own.loadedE4 += amountE4;
      own.feesE4 += feeE4;
    }
  }
  for (const { transferId, amountE4 } of transfers.values()) {
    if (statuses.get(transferId) === "in_flight") own.inFlightE4 += amountE4;
  }
  own.availableE4 = own.loadedE4 - own.feesE4 - own.inFlightE4;
  return own;
};

const checkOwnTotals = (own: OwnTotals, availableE4: bigint): string[] =>
  availableE4 === own.availableE4
    ? []
    : [
        `The accounts of this run have ${formatMoney(availableE4)} available together, but ` +
          `their loads less fees (and less what is in flight) are ${formatMoney(own.availableE4)}.`,
      ];

/** An answer that breaks the contract is one more finding: the audit goes on. */
const asFindings = async (check: Promise<string[]>): Promise<string[]> => {
  try {
    return await check;
  } catch (error) {
    if (!(error instanceof ContractBreach)) throw error;
    return [error.message];
  }
};

const inParallel = async <Item>(
  limit: number,
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  // All workers draw from the same iterator: whoever is free takes the next item.
  const queue = items[Symbol.iterator]();
  const workers = Array.from({ length: limit }, async () => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value);
  });
  await Promise.all(workers);
};
