/**
 * Who a command is recorded as coming from. `actor` is a role in the story that others may read: `account:{id}` for its
 * owner, `approver:{e-mail}` (the address for the bank's own people alone), `operator`, `process:transfer`. The subject
 * behind it is kept beside it, in the command and with each event: for auditors, and in no answer.
 */
import type { CommandDocument } from "../messages/command.ts";
import type { Caller, Role } from "../../platform/identity/caller.ts";
import { Refusal } from "./refusals.ts";

export function callerStamp({
  subject,
  client,
  email,
}: Caller): Pick<CommandDocument, "subject" | "client" | "email"> {
  return { subject, client, ...(email === undefined ? {} : { email }) };
}

/**
 * Throws unless the caller may decide in the name of this person (e-mail): an approver in their own alone, a desk in that
 * of whoever it has signed in.
 */
export function checkApprover({ roles, email }: Caller, named: string): void {
  if (roles.includes("approval-desk")) return;
  if (email === undefined)
    throw new Refusal("forbidden", "Your token tells no e-mail address to decide under.");
  if (email.toLowerCase() !== named.toLowerCase())
    throw new Refusal("forbidden", "You can decide in your own name only.");
}

/** The bank's own people and apps: they may know which of them has decided. */
const bankRoles: readonly Role[] = ["approver", "operator", "approval-desk"];

/**
 * An actor as this caller is told of it: to customers, approvers have no names. A customer who also has a role at the bank
 * reads what that role may read, whosoever the transfer is.
 */
export function actorToldTo({ roles }: Caller, actor: string): string {
  const isOfBank = roles.some((role) => bankRoles.includes(role));
  return isOfBank ? actor : actor.replace(/^approver:.*/s, "approver");
}
