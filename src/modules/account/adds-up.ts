/** Whether what a stream says adds up: each balance that an event tells is the sum of what was posted until then. */
import type { AccountEvent, Balance } from "../../../domain/account/account.messages.ts";
import {
  accountPostings,
  availableOf,
  inFlightOf,
} from "../../../domain/account/account.postings.ts";
import type { Posting } from "../../../domain/kernel/postings.ts";
import { formatAmount } from "../../../domain/kernel/money.ts";
import { parseStream } from "../../../domain/kernel/streams.ts";
import type { Commit } from "../../kernel/messages/commit.ts";

/** The first place where it does not add up, as a sentence; `undefined` if it does everywhere. */
export function faultInSums(stream: string, history: readonly Commit[]): string | undefined {
  const { id } = parseStream(stream);
  let expected: Balance = { availableE4: 0, inFlightE4: 0 };
  for (const { number, events } of history)
    for (const [index, stored] of events.entries()) {
      const event = stored as unknown as AccountEvent;
      const postings = accountPostings(event, stream);
      expected = {
        availableE4: expected.availableE4 + postedTo(availableOf(id), postings),
        inFlightE4: expected.inFlightE4 + postedTo(inFlightOf(id), postings),
      };
      const fault = "balance" in event.data && faultIn(event.data.balance, expected);
      if (fault) return `commit ${number}, events.${index}.data.balance.${fault}`;
    }
  return undefined;
}

function postedTo(ledger: string, postings: readonly Posting[]): number {
  return postings
    .filter((posting) => posting.ledger === ledger)
    .reduce((sumE4, { amountE4 }) => sumE4 + amountE4, 0);
}

function faultIn(told: Balance, expected: Balance): string | undefined {
  for (const name of ["availableE4", "inFlightE4"] as const)
    if (told[name] !== expected[name])
      return `${name}: must be ${expected[name]} (${formatAmount(expected[name])}), but is ${told[name]}`;
  return undefined;
}
