/** Whose an account is: the caller who opened it. */
import { streamOf } from "../../../domain/kernel/streams.ts";
import type { CommandDocument } from "../../kernel/messages/command.ts";
import { openingIdOf } from "./command-ids.ts";
import { boundedCache } from "../../platform/bounded-cache.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import type { Caller } from "../../platform/identity/caller.ts";

export type Owner = Pick<Caller, "subject" | "email">;

/** Undefined if nobody has asked for such an account to be opened. */
export type OwnerOf = (accountId: string) => Promise<Owner | undefined>;

const rememberedAccounts = 10_000;

/** An owner never changes and is remembered. That there is none is not: there may be one in a moment. */
export function ownersIn(commands: Pick<Documents<CommandDocument>, "read">): OwnerOf {
  const known = boundedCache<Owner>(rememberedAccounts);
  return async (accountId) => {
    const remembered = known.get(accountId);
    if (remembered !== undefined) return remembered;
    const opening = await commands.read(streamOf("account", accountId), openingIdOf(accountId));
    if (opening === undefined) return undefined;
    const { subject, email } = opening.document;
    if (subject === undefined) return undefined;
    const owner = { subject, ...(email === undefined ? {} : { email }) };
    known.set(accountId, owner);
    return owner;
  };
}
