/** The values that stored messages are made of, as they are checked when they are read. */
import { z } from "zod";
import { formatInstant } from "../../../domain/kernel/instants.ts";

/**
 * The form of every stream's name: it is part of lane names, document ids and event sources. A category that is not known
 * here may belong to a newer version of the code.
 */
export const streamForm = /^[a-z][a-z0-9]{0,39}-[A-Za-z0-9._-]{1,100}$/;

/** Longer texts than any endpoint accepts, but short enough that a message made of them can be stored and published. */
export const longestText = 10_000;

export const text = z.string().min(1).max(longestText);

/** An id that can be part of a document's id, of a URL and of a stream's name. */
export const safeId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,255}$/, "must be 1 to 255 characters of A–Z, a–z, 0–9 and . _ -");

const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** RFC 3339, in whatever form: the host's triggers have rewritten some before they were stored (docs/adr/0016). */
export const instant = z
  .string()
  .refine(
    (value) => instantForm.test(value) && !Number.isNaN(Date.parse(value)),
    "must be an instant such as 2026-01-31T12:00:00.000Z",
  );

/** In UTC with milliseconds, in the years 1000 to 2999: compares as text. */
export const sortableInstant = z
  .string()
  .refine(
    (value) => /^[12]/.test(value) && isCanonical(value),
    "must be an instant such as 2026-01-31T12:00:00.000Z",
  );

function isCanonical(value: string): boolean {
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && formatInstant(ms) === value;
}

/** Of whatever is handled or was: the part of a command that its outcome keeps. */
export const envelope = {
  commandId: safeId,
  type: text,
  acceptedAt: instant,
  actor: text,
  subject: z.exactOptional(text),
  correlationId: text,
  causationId: text,
  traceparent: z.string().max(longestText),
};
