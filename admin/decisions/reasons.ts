import { z } from "zod";

/** As long as Saldo accepts. */
export const reasonLengthMost = 200;

const reason = z.string().trim().max(reasonLengthMost, "has at most 200 characters.");

/** Of an approval: whoever has nothing to say leaves it out or empty. */
export const approvalShape = z.object({
  reason: reason.nullish().transform((text) => (text === "" ? null : (text ?? null))),
});

/** Of a denial: the sender is told why. */
export const denialShape = z.object({ reason: reason.min(1, "say why you deny it.") });
