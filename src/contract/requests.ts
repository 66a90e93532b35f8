/** The requests of the HTTP contract: the very schemas that the endpoints check, with names for what they share. */
import { z } from "zod";
import { accountIdSchema, instantSchema, requestKinds } from "../modules/account/requests.ts";
import { discardSchema, repairSchema } from "../kernel/operations/decision-requests.ts";
import { namedRequest } from "./components.ts";

/** A member of a request's body. */
function memberOf(schema: z.ZodType, name: string): z.ZodType {
  const member = schema instanceof z.ZodObject ? (schema.shape as z.ZodRawShape)[name] : undefined;
  if (!(member instanceof z.ZodType)) throw new Error(`The request has no member ${name}.`);
  return member;
}

namedRequest(memberOf(requestKinds.loadCredits.schema, "amount"), {
  id: "RequestedAmount",
  description:
    "Money: a decimal string with up to four places, greater than zero, at most 1000000000.00.",
  // The endpoint reads the text by a function, which no schema can show.
  pattern: String.raw`^(?=.*[1-9])((0|[1-9]\d{0,8})(\.\d{1,4})?|1000000000(\.0{1,4})?)$`,
});

namedRequest(accountIdSchema, { id: "RequestedAccountId", description: "An account's id." });

namedRequest(instantSchema, {
  id: "RequestedInstant",
  description: "ISO 8601 with `Z` or an offset.",
});

const id = (name: string, description: string): { id: string; description: string } => ({
  id: name,
  description,
});

export const requests = {
  openAccount: namedRequest(
    requestKinds.openAccount.schema,
    id("OpenAccount", "Opens an account; its id is known at once (`resource`)."),
  ),
  loadCredits: namedRequest(
    requestKinds.loadCredits.schema,
    id("LoadCredits", "Loads credits: the fee is 0.02 % up to and including 500.00, none above."),
  ),
  sendCredits: namedRequest(
    requestKinds.sendCredits.schema,
    id("SendCredits", "`scheduledFor`: at most 366 days ahead; without it, at once."),
  ),
  cancelTransfer: namedRequest(
    requestKinds.cancelTransfer.schema,
    id("CancelTransfer", "Nothing is asked but the address."),
  ),
  approveTransfer: namedRequest(
    requestKinds.approveTransfer.schema,
    id("ApproveTransfer", "Who approves (an e-mail address), and why."),
  ),
  denyTransfer: namedRequest(
    requestKinds.denyTransfer.schema,
    id("DenyTransfer", "Who denies (an e-mail address), and why."),
  ),
  closeAccount: namedRequest(
    requestKinds.closeAccount.schema,
    id("CloseAccount", "Nothing is asked but the address."),
  ),
  freezeAccount: namedRequest(
    requestKinds.freezeAccount.schema,
    id("FreezeAccount", "Why the account is frozen."),
  ),
  unfreezeAccount: namedRequest(
    requestKinds.unfreezeAccount.schema,
    id("UnfreezeAccount", "Why the account is open again."),
  ),
  replayDeadLetters: namedRequest(
    z.strictObject({ lane: z.string().optional() }),
    id("ReplayDeadLetters", "Which lane; without it, all."),
  ),
  repairDeadLetter: namedRequest(
    repairSchema,
    id(
      "RepairDeadLetter",
      "`message`: the command, or the commit's `events`, `outcomes` and `at`, as it should have been.",
    ),
  ),
  discardDeadLetter: namedRequest(
    discardSchema,
    id("DiscardDeadLetter", "Why others can do without the message."),
  ),
};
