import type { Movement } from "../client/documents.ts";
import { isBefore } from "../instants.ts";
import { formatMoney } from "../money.ts";
import type { ExpectedLoad, ExpectedTransfer, Unaffordable } from "./model.ts";
import type { DebitedTransfer } from "./movements.ts";

export type ExpectedStatement = {
  accountId: string;
  loads: readonly ExpectedLoad[];
  out: readonly DebitedTransfer[];
  arrived: readonly ExpectedTransfer[];
  refunded: readonly ExpectedTransfer[];
  unaffordable: readonly Unaffordable[];
};

/** Holds every line of a statement against its neighbours and against what was intended. */
export const checkStatement = (
  expected: ExpectedStatement,
  movements: readonly Movement[],
): string[] =>
  [
    ...checkLines(movements),
    ...checkLoads(expected.loads, movements),
    ...TRANSFER_SIDES.flatMap((side) => checkSide(side, expected, movements)),
    ...checkDebits(expected.out, movements),
    ...checkUnaffordable(expected.unaffordable, movements),
  ].map((complaint) => `The statement of ${expected.accountId} ${complaint}`);

const describe = ({ type, amountE4, at }: Movement): string =>
  `${type} of ${formatMoney(amountE4)} at ${at}`;

/** Order, running balance, and that no movement comes twice. */
const checkLines = (movements: readonly Movement[]): string[] => {
  const complaints: string[] = [];
  const seen = new Set<string>();
  let balanceE4 = 0n;
  let previousAt: string | undefined;
  for (const movement of movements) {
    const { movementId, at, amountE4, feeE4 } = movement;
    const what = describe(movement);
    const shown = formatMoney(movement.balanceE4);
    const right = formatMoney(balanceE4 + amountE4 - feeE4);
    if (previousAt !== undefined && isBefore(at, previousAt))
      complaints.push(`is out of order: ${what} comes after ${previousAt}.`);
    if (seen.has(movementId)) complaints.push(`has the movement ${movementId} twice.`);
    if (shown !== right) {
      complaints.push(`shows a balance of ${shown} after ${what}, but it should be ${right}.`);
    }
    if (movement.balanceE4 < 0n) complaints.push(`falls below zero with ${what}: ${shown}.`);
    seen.add(movementId);
    previousAt = at;
    // From here on with what is shown: one mistake is one finding.
    balanceE4 = movement.balanceE4;
  }
  return complaints;
};

/** Loads carry no id that the client knows: they are matched by their amounts. */
const checkLoads = (loads: readonly ExpectedLoad[], movements: readonly Movement[]): string[] => {
  const complaints: string[] = [];
  const awaited = Map.groupBy(loads, ({ amountE4 }) => amountE4);
  for (const movement of movements) {
    if (movement.type !== "load") continue;
    const load = awaited.get(movement.amountE4)?.pop();
    const fee = formatMoney(movement.feeE4);
    if (load === undefined) {
      complaints.push(`has a ${describe(movement)} that nobody intended, or had it before.`);
    } else if (load.feeE4 !== movement.feeE4) {
      const right = formatMoney(load.feeE4);
      complaints.push(
        `shows a fee of ${fee} for ${describe(movement)}, but it should be ${right}.`,
      );
    }
  }
  for (const { amountE4 } of [...awaited.values()].flat()) {
    complaints.push(`lacks a load of ${formatMoney(amountE4)}.`);
  }
  return complaints;
};

type TransferSide = {
  type: "transfer_out" | "transfer_in" | "refund";
  transfers: (expected: ExpectedStatement) => readonly ExpectedTransfer[];
  signedAmountE4: (transfer: ExpectedTransfer) => bigint;
  counterparty: (transfer: ExpectedTransfer) => string;
};

const TRANSFER_SIDES: readonly TransferSide[] = [
  {
    type: "transfer_out",
    transfers: ({ out }) => out,
    signedAmountE4: ({ amountE4 }) => -amountE4,
    counterparty: ({ to }) => to,
  },
  {
    type: "transfer_in",
    transfers: ({ arrived }) => arrived,
    signedAmountE4: ({ amountE4 }) => amountE4,
    counterparty: ({ from }) => from,
  },
  {
    type: "refund",
    transfers: ({ refunded }) => refunded,
    signedAmountE4: ({ amountE4 }) => amountE4,
    counterparty: ({ to }) => to,
  },
];

/** Each transfer exactly once on its side, and nothing else. */
const checkSide = (
  side: TransferSide,
  expected: ExpectedStatement,
  movements: readonly Movement[],
): string[] => {
  const complaints: string[] = [];
  const transfers = side.transfers(expected);
  const awaited = new Map(transfers.map((transfer) => [transfer.transferId, transfer]));
  for (const movement of movements) {
    if (movement.type !== side.type) continue;
    const transferId = movement.transferId ?? "(none)";
    const transfer = awaited.get(transferId);
    if (transfer === undefined) {
      complaints.push(
        `has a ${describe(movement)} for transfer ${transferId}, ` +
          "which should not be there, or not again.",
      );
    } else {
      complaints.push(...checkTransferLine(side, transfer, movement));
    }
    awaited.delete(transferId);
  }
  for (const { transferId, amountE4 } of awaited.values()) {
    complaints.push(`lacks the ${side.type} of ${formatMoney(amountE4)}, transfer ${transferId}.`);
  }
  return complaints;
};

const checkTransferLine = (
  { signedAmountE4, counterparty }: TransferSide,
  transfer: ExpectedTransfer,
  movement: Movement,
): string[] => {
  const what = describe(movement);
  const right = signedAmountE4(transfer);
  const complaints: string[] = [];
  if (movement.amountE4 !== right) {
    complaints.push(`shows ${what}, but ${formatMoney(right)} was intended.`);
  }
  if (movement.feeE4 !== 0n) {
    complaints.push(`shows a fee of ${formatMoney(movement.feeE4)} for ${what}: sending is free.`);
  }
  // The contract leaves open whether a refund repeats the receiver and the note.
  const optional = movement.type === "refund";
  const named = movement.counterparty ?? (optional ? counterparty(transfer) : "nobody");
  if (named !== counterparty(transfer)) {
    complaints.push(`names ${named} in ${what}, but it was ${counterparty(transfer)}.`);
  }
  const note = movement.note ?? (optional ? transfer.note : undefined);
  if (note !== transfer.note) {
    complaints.push(`shows the note "${note ?? ""}" in ${what}, not "${transfer.note ?? ""}".`);
  }
  return complaints;
};

/** The amount leaves the sender when the transfer starts, be it only to wait for approval. */
const checkDebits = (out: readonly DebitedTransfer[], movements: readonly Movement[]): string[] => {
  const debitedAt = new Map(out.map((transfer) => [transfer.transferId, transfer.debitedAt]));
  return movements
    .filter(({ type }) => type === "transfer_out")
    .flatMap((movement) => {
      const rightAt = debitedAt.get(movement.transferId ?? "");
      const offMs = rightAt === undefined ? 0 : Date.parse(movement.at) - Date.parse(rightAt);
      if (Math.abs(offMs) <= CLOCK_TOLERANCE_MS) return [];
      return [`shows ${describe(movement)}, but the transfer began at ${rightAt ?? ""}.`];
    });
};

/** How far the clocks of a command and of a movement may be apart. */
const CLOCK_TOLERANCE_MS = 1_000;

/** A transfer may be rejected for lack of money only if, at some time then, it was lacking. */
const checkUnaffordable = (
  unaffordable: readonly Unaffordable[],
  movements: readonly Movement[],
): string[] => {
  if (unaffordable.length === 0) return [];
  const timesMs = movements.map(({ at }) => Date.parse(at));
  const wasLacking = ({ amountE4, acceptedAt, handledAt }: Unaffordable): boolean => {
    const first = firstAtOrAfter(timesMs, Date.parse(acceptedAt) - CLOCK_TOLERANCE_MS);
    const end = firstAtOrAfter(timesMs, Date.parse(handledAt) + CLOCK_TOLERANCE_MS + 1);
    if ((movements[first - 1]?.balanceE4 ?? 0n) < amountE4) return true;
    return movements.slice(first, end).some(({ balanceE4 }) => balanceE4 < amountE4);
  };
  return unaffordable
    .filter((transfer) => !wasLacking(transfer))
    .map(
      ({ amountE4, handledAt }) =>
        `always had the ${formatMoney(amountE4)} that were rejected as insufficient_funds ` +
        `at ${handledAt}.`,
    );
};

const firstAtOrAfter = (timesMs: readonly number[], wantedMs: number): number => {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? Infinity) < wantedMs) low = middle + 1;
    else high = middle;
  }
  return low;
};
