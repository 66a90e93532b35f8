import type { SystemTotals } from "../client/documents.ts";
import { ContractBreach } from "../client/json.ts";
import { isFinal, type TransferDocument } from "../client/transfer-documents.ts";
import { formatMoney } from "../money.ts";
import { patience, type LookAgain } from "../patience.ts";
import type { World } from "../world/world.ts";
import { checkAccount } from "./account.ts";
import { checkHistory } from "./history.ts";
import { checkLeftovers } from "./leftovers.ts";
import {
  expectedWorld,
  type ExpectedAccount,
  type ExpectedTransfer,
  type ExpectedWorld,
} from "./model.ts";
import { expectedMovements, whereabouts } from "./movements.ts";
import { checkNotifications, expectedNotifications, readNotifications } from "./notifications.ts";
import { readStatement } from "./reading.ts";
import { checkTotals, type OwnTotals } from "./totals.ts";
import { checkTransfer, type FoundTransfer } from "./transfers.ts";

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
  const expected = expectedWorld(world.book, world.approvalFromE4);
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

  const lookAgain = patience(world.settlingPatienceMs);
  const found = new Map<string, FoundTransfer>();
  await forEach(transfers.values(), async (expectedTransfer) => {
    const currency = accounts.get(expectedTransfer.from)?.currency;
    const shown = await readTransfer(world, expectedTransfer, lookAgain);
    const { transfer, findings } = checkTransfer(expectedTransfer, shown, currency);
    found.set(expectedTransfer.transferId, transfer);
    return findings;
  });
  await forEach(rejectedTransferIds, async (transferId) => {
    const shown = await world.api.transfer(transferId);
    return shown ? [`Transfer ${transferId} was rejected, but is shown as ${shown.status}.`] : [];
  });
  let availableE4 = 0n;
  await forEach(accounts.values(), async (account) => {
    const checked = await auditAccount(world, account, found, lookAgain);
    report.movements += checked.movements;
    availableE4 += checked.availableE4;
    return checked.findings;
  });
  const own = ownTotals(expected, found);
  report.findings.push(...checkOwnTotals(own, availableE4));
  if (systemCheck.kind === "wanted") {
    const patienceMs = Math.min(world.settlingPatienceMs, TOTALS_PATIENCE_MS);
    const check = { before: systemCheck.before, own, patienceMs };
    report.findings.push(...(await asFindings(checkTotals(world.api, check))));
    const look = (): Promise<string[]> => checkLeftovers(world.api, transfers);
    report.findings.push(...(await asFindings(lookAgain(look, isEmpty))));
  }
  return report;
};

const isEmpty = (findings: readonly string[]): boolean => findings.length === 0;

/** What waits for a person or an instant may still come to its end; all else has ended. */
const readTransfer = async (
  { api }: World,
  { transferId, ...expected }: ExpectedTransfer,
  lookAgain: LookAgain,
): Promise<TransferDocument | undefined> =>
  lookAgain(
    () => api.transfer(transferId),
    (shown) => !isManaged(expected) || (shown !== undefined && isFinal(shown.status)),
  );

const isManaged = ({
  needsApproval,
  scheduledFor,
}: Pick<ExpectedTransfer, "needsApproval" | "scheduledFor">): boolean =>
  needsApproval || scheduledFor !== undefined;

type CheckedAccount = { findings: string[]; movements: number; availableE4: bigint };

const auditAccount = async (
  world: World,
  expected: ExpectedAccount,
  found: ReadonlyMap<string, FoundTransfer>,
  lookAgain: LookAgain,
): Promise<CheckedAccount> => {
  const { sent, due } = expected;
  // The contract promises both balances with "settled", which nobody waited for with these.
  const graceMs = [...sent, ...due].some(isManaged) ? READ_MODEL_GRACE_MS : 0;
  const checked = await patience(Math.min(graceMs, world.settlingPatienceMs))(
    () => readAccount(world, expected, found),
    ({ findings }) => isEmpty(findings),
  );
  const told = expectedNotifications(expected, found);
  const look = async (): Promise<string[]> => {
    const notifications = await readNotifications(world.api, expected.accountId);
    return checkNotifications(expected.accountId, told, notifications);
  };
  return {
    ...checked,
    findings: [...checked.findings, ...(await asFindings(lookAgain(look, isEmpty)))],
  };
};

const readAccount = async (
  world: World,
  expected: ExpectedAccount,
  found: ReadonlyMap<string, FoundTransfer>,
): Promise<CheckedAccount> => {
  const { api } = world;
  const { accountId } = expected;
  const account = await api.account(accountId);
  if (account === undefined) {
    const findings = [`Account ${accountId} is not found.`];
    return { findings, movements: 0, availableE4: 0n };
  }
  const statement = await readStatement(api, accountId, { limit: LARGEST_PAGE });
  const movements = expectedMovements(expected, found);
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
/** How long balances may take to show what a transfer shows already. */
const READ_MODEL_GRACE_MS = 3_000;
/** The totals of the system need not be as prompt as the accounts. */
const TOTALS_PATIENCE_MS = 5_000;

const ownTotals = (
  { accounts, transfers }: ExpectedWorld,
  found: ReadonlyMap<string, FoundTransfer>,
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
    const { status = "in_flight" } = found.get(transferId) ?? {};
    if (whereabouts(status) === "in flight") own.inFlightE4 += amountE4;
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
