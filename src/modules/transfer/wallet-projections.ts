/** The read models of an account's stream: the account, and the transfers that a process leads. */
import { senderOf } from "../../../domain/account/transfer-id.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import type { Projections } from "../../kernel/projections/projections.ts";
import type { AccountProjection } from "../account/account-projection.ts";
import type { TransferProjection } from "./transfer-projection.ts";

export function walletProjections(
  accounts: AccountProjection,
  transfers: TransferProjection,
): Projections {
  return {
    async project(stream, commits) {
      // One after the other: what does not follow in the account's view must not get into any.
      const counting = await accounts.project(stream, commits);
      await transfers.project(counting);
      return counting;
    },
    async rebuild({ stream, version, corrects }, original) {
      await accounts.rebuild(stream, version);
      const named = [...transfersNamedIn(corrects.reading), ...transfersNamedIn(original)];
      const sentFromHere = named.filter((id) => streamOf("account", senderOf(id)) === stream);
      await transfers.rebuild([...new Set(sentFromHere)]);
    },
    shownVersion: (stream) => accounts.shownVersion(stream),
  };
}

/** The transfers that a commit is about, or what was to be one. */
function transfersNamedIn(commit: object | undefined): readonly string[] {
  const { events } = (commit ?? {}) as { readonly events?: unknown };
  if (!Array.isArray(events)) return [];
  return (events as readonly ({ data?: { transferId?: unknown } | null } | null)[])
    .map((event) => event?.data?.transferId)
    .filter((id) => typeof id === "string" && /^[A-Za-z0-9._]+-[A-Za-z0-9._-]+$/.test(id))
    .map(String);
}
