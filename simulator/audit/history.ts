import type { Api } from "../client/api.ts";
import type { AccountDocument, Movement } from "../client/documents.ts";
import { formatMoney } from "../money.ts";
import type { Random } from "../random.ts";
import { readStatement } from "./reading.ts";

/**
 * Asks for the balance at some past instants and for a part of the statement, and holds both
 * against the whole statement.
 */
export const checkHistory = async (
  api: Api,
  random: Random,
  { account, statement }: { account: AccountDocument; statement: readonly Movement[] },
): Promise<string[]> => {
  const { accountId } = account;
  const findings: string[] = [];
  for (const { at, balanceE4 } of pastInstants(account, statement, random)) {
    const found = await api.balanceAt(accountId, at);
    const right = balanceE4 === undefined ? "nothing yet" : formatMoney(balanceE4);
    const shown = found === undefined ? "nothing yet" : formatMoney(found.availableE4);
    if (shown !== right) {
      findings.push(`Account ${accountId} at ${at} shows ${shown}, but should show ${right}.`);
    }
    const sumE4 = found && found.availableE4 + found.inFlightE4 + found.heldE4;
    if (found !== undefined && found.confirmedE4 !== sumE4) {
      findings.push(`Account ${accountId} at ${at} confirms what is not the sum of its parts.`);
    }
  }
  return [...findings, ...(await checkPeriod(api, random, { accountId, statement }))];
};

type PastInstant = { at: string; balanceE4: bigint | undefined };

const INSTANTS = 4;
const DRAWS = 12;

/** Always between two movements: what belongs to the very millisecond is open to interpretation. */
const pastInstants = (
  { openedAt }: AccountDocument,
  statement: readonly Movement[],
  random: Random,
): PastInstant[] => {
  const instants: PastInstant[] = [{ at: instant(Date.parse(openedAt) - 1), balanceE4: undefined }];
  if (statement.length === 0) return instants;
  for (let drawn = 0; drawn < DRAWS && instants.length < INSTANTS; drawn++) {
    const index = random.below(statement.length);
    const movement = statement[index];
    if (movement === undefined) continue;
    const atMs = Date.parse(movement.at);
    const next = statement[index + 1];
    const gapMs = next === undefined ? 2 : Date.parse(next.at) - atMs;
    if (gapMs < 2) continue;
    instants.push({ at: instant(atMs + (gapMs >> 1)), balanceE4: movement.balanceE4 });
  }
  return instants;
};

const instant = (atMs: number): string => new Date(atMs).toISOString();

const LONGEST_PERIOD = 40;
const PAGE_SIZE = 7;

/** A period of the statement, in small pages: `from` belongs to it, `to` does not. */
const checkPeriod = async (
  api: Api,
  random: Random,
  { accountId, statement }: { accountId: string; statement: readonly Movement[] },
): Promise<string[]> => {
  if (statement.length === 0) return [];
  const begin = random.below(statement.length);
  const end = Math.min(statement.length - 1, begin + random.below(LONGEST_PERIOD));
  const from = statement[begin]?.at ?? "";
  const to = statement[end]?.at ?? "";
  const right = statement.filter(({ at }) => at >= from && at < to).map(idOf);
  const shown = (await readStatement(api, accountId, { from, to, limit: PAGE_SIZE })).map(idOf);
  if (shown.join() === right.join()) return [];
  return [
    `The statement of ${accountId} from ${from} to ${to} shows ${shown.length} movements, ` +
      `but those ${right.length} of the whole statement should be there, in order.`,
  ];
};

const idOf = ({ movementId }: Movement): string => movementId;
