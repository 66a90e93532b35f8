import type { Order } from "./fake-records.ts";

/** What the contract asks of a request, before anything is stored. */

export type Refusal = { status: number; code: string };

export const badKey = (key: string | undefined): Refusal | undefined => {
  if (key === undefined) return { status: 400, code: "idempotency_key_missing" };
  if (/^[!-~]{16,128}$/.test(key)) return undefined;
  return { status: 400, code: "idempotency_key_malformed" };
};

const PATH = /^\/api\/accounts(?:\/([^/]+)\/([^/]+)(?:\/([^/]+)\/cancellation)?)?$/;

/** Undefined when there is no such path. */
export const readOrder = (path: string, body: string): Order | Refusal | undefined => {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, accountId = "", action, transferId] = match;
  let fields: unknown;
  try {
    fields = JSON.parse(body);
  } catch {
    return { status: 400, code: "malformed_json" };
  }
  if (transferId !== undefined) return { type: "CancelTransfer", accountId, transferId };
  const order = isObject(fields) ? orderOf(action, accountId, fields) : undefined;
  return order ?? { status: 400, code: "invalid_request" };
};

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const orderOf = (
  action: string | undefined,
  accountId: string,
  fields: Fields,
): Order | undefined => {
  const { name, email, currency, to, note, scheduledFor } = fields;
  if (action === undefined) {
    if (!isText(name) || !isText(email) || !isText(currency)) return undefined;
    if (!email.includes("@") || !/^[A-Z]{3}$/.test(currency)) return undefined;
    return { type: "OpenAccount", name, email, currency };
  }
  if (!isAccountId(accountId)) return undefined;
  if (action === "closure") return { type: "CloseAccount", accountId };
  const amountE4 = readAmount(fields["amount"]);
  if (amountE4 === undefined) return undefined;
  if (action === "loads") return { type: "LoadCredits", accountId, amountE4 };
  if (!isAccountId(to) || (note !== undefined && !isText(note))) return undefined;
  if (note !== undefined && note.length > 140) return undefined;
  if (scheduledFor !== undefined && !isNearInstant(scheduledFor)) return undefined;
  return {
    type: "SendCredits",
    accountId,
    to,
    amountE4,
    ...(note === undefined ? {} : { note }),
    ...(scheduledFor === undefined ? {} : { scheduledFor }),
  };
};

const LONGEST_MS = 366 * 24 * 60 * 60 * 1000;

const isNearInstant = (value: unknown): value is string =>
  typeof value === "string" && Date.parse(value) - Date.now() < LONGEST_MS;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const isAccountId = (value: unknown): value is string =>
  typeof value === "string" && /^[0-9a-z]{16}$/.test(value);

const readAmount = (value: unknown): bigint | undefined => {
  if (typeof value !== "string" || !/^\d+(\.\d{1,4})?$/.test(value)) return undefined;
  const [whole = "", fraction = ""] = value.split(".");
  const amountE4 = BigInt(whole + fraction.padEnd(4, "0"));
  return amountE4 > 0n ? amountE4 : undefined;
};
