/** The values that answers are made of. */
import { z } from "zod";
import { explained, namedAnswer } from "./components.ts";

const decimal = String.raw`(?:0|[1-9]\d*)\.\d{2,4}$`;

export const amount = namedAnswer(
  "Amount",
  "Money: a decimal string with two to four places.",
  z.string().regex(new RegExp(`^${decimal}`)),
);

export const signedAmount = namedAnswer(
  "SignedAmount",
  "Money that may be negative.",
  z.string().regex(new RegExp(`^-?${decimal}`)),
);

export const instant = namedAnswer(
  "Instant",
  "ISO 8601 in UTC, with milliseconds.",
  z.iso.datetime({ precision: 3 }),
);

export const currency = namedAnswer("Currency", "ISO 4217.", z.string().regex(/^[A-Z]{3}$/));

export const accountId = namedAnswer("AccountId", "Opaque.", z.string().regex(/^[0-9a-z]{16}$/));

export const transferId = namedAnswer(
  "TransferId",
  "Opaque: the sender's account and what tells its transfers apart.",
  z.string().regex(/^[0-9a-z]{16}-[0-9a-z]{20}$/),
);

export const traceparent = (): z.ZodString =>
  z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);

export const cursor = (description: string): z.ZodString => explained(description, z.string());

export const count = (): z.ZodNumber => z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What every description of a transfer tells. */
export const terms = {
  transferId,
  from: accountId,
  to: accountId,
  amount,
  currency,
  note: z.exactOptional(z.string()),
};
