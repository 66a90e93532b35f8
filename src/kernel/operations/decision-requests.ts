/** What operators send to decide about a parked message. */
import { z } from "zod";

export const laneSchema = z
  .string("is required.")
  .min(1, "is required.")
  .max(300, "must be the name of a lane.");

const longestReason = 500;

const reasonSchema = z
  .string("must be a text.")
  .trim()
  .min(1, "must not be empty.")
  .max(longestReason, `must have at most ${longestReason} characters.`);

export const repairSchema = z.strictObject({
  lane: laneSchema,
  message: z.looseObject({}, "must be an object."),
  reason: reasonSchema,
});

export const discardSchema = z.strictObject({ lane: laneSchema, reason: reasonSchema });
