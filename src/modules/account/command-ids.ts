/**
 * The ids of commands that clients ask for. No key leads to the id of something else: what the parts begin with tells the
 * kinds apart (an account's id has 16 characters, as has a key at least), and the steps of a transfer have a dot in theirs
 * (`{transfer id}.settle`).
 */
import { deriveId } from "../../platform/digest.ts";

type Keyed = { readonly subject: string; readonly key: string };

/** The account that a caller opens by a key. */
export function openedAccountId({ subject, key }: Keyed): string {
  return deriveId(16, "account", subject, key);
}

/**
 * The id of the command that opens an account. It is derived from the account alone, so that the owner is one point read
 * away, and is known as soon as the command is stored: before it has been handled, and on every instance.
 */
export function openingIdOf(accountId: string): string {
  return deriveId(20, accountId, "opening");
}

/**
 * The ids of a command that a caller asks for by a key, in the order in which they are tried: the first, unless the command
 * of another caller has it; then one that nobody else can have. Commands are never changed or removed, so a retry finds
 * what the first attempt found. Why the first does not depend on the caller: docs/adr/0017.
 */
export function commandIdsOf({
  accountId,
  subject,
  key,
}: Keyed & { readonly accountId: string }): readonly string[] {
  return [deriveId(20, accountId, key), deriveId(20, "caller", accountId, subject, key)];
}
