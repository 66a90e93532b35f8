/** Whether what a stream says adds up: the invariants of an account, held against its whole history. */
import type { AccountEvent } from "../../../domain/account/account.messages.ts";
import { formatAmount } from "../../../domain/kernel/money.ts";
import { parseStream } from "../../../domain/kernel/streams.ts";
import type { Commit } from "../../kernel/messages/commit.ts";
import { type AccountView, projectAccount } from "./account-view.ts";

/** The first place where it does not add up, as a sentence; `undefined` if it does everywhere. */
export function faultInSums(stream: string, history: readonly Commit[]): string | undefined {
  const { id: accountId } = parseStream(stream);
  let view: AccountView | undefined;
  let settledE4 = 0;
  for (const { number, at, events } of history)
    for (const [index, stored] of events.entries()) {
      const event = stored as unknown as AccountEvent;
      view = projectAccount(view, event, { accountId, at });
      if (event.type === "TransferSettled") settledE4 += event.data.amountE4;
      const fault = view && faultInBalance(view, settledE4);
      if (fault !== undefined) return `commit ${number}, events.${index}.data.balance.${fault}`;
    }
  return undefined;
}

/** available = loaded − fees − sent + received + refunded; in flight = sent − refunded − settled. */
function faultInBalance(view: AccountView, settledE4: number): string | undefined {
  const outE4 = view.sentE4 - view.refundedE4;
  const expected = {
    availableE4: view.loadedE4 - view.feesE4 + view.receivedE4 - outE4,
    inFlightE4: outE4 - settledE4,
  };
  for (const name of ["availableE4", "inFlightE4"] as const)
    if (view[name] !== expected[name])
      return `${name}: must be ${expected[name]} (${formatAmount(expected[name])}), but is ${view[name]}`;
  return undefined;
}
