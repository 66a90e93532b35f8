/** What today's code makes of a stored stream: everything that anybody outside can see of it, and what follows from it. */
import { model } from "../../../src/modules/aggregates.ts";
import { senderOf } from "../../../domain/account/transfer-id.ts";
import { parseStream } from "../../../domain/kernel/streams.ts";
import type { Commit } from "../../../src/kernel/messages/commit.ts";
import type { EventStore } from "../../../src/kernel/store/event-store.ts";
import type { CallerHandler } from "../../../src/kernel/access/guard.ts";
import type { HttpRequest } from "../../../src/platform/http/exchange.ts";
import type { Caller } from "../../../src/platform/identity/caller.ts";
import { Problem } from "../../../src/platform/http/problem.ts";
import type { AccountView } from "../../../src/modules/account/account-view.ts";
import { accountProjection } from "../../../src/modules/account/account-projection.ts";
import { transferProjection } from "../../../src/modules/transfer/transfer-projection.ts";
import type { TransferView } from "../../../src/modules/transfer/transfer-view.ts";
import { toIntegrationEvents } from "../../../src/modules/account/to-integration-events.ts";
import { showAccount } from "../../../src/modules/account/show-account.ts";
import { showStatement } from "../../../src/modules/account/statement.ts";
import { showTransfer } from "../../../src/modules/transfer/show-transfer.ts";
import { notificationsOf } from "../../../src/modules/notifications/notifications-of.ts";
import { primaryReactions } from "../../../src/kernel/feeds/primary-reactions.ts";
import { memoryDocuments } from "../../support/memory-documents.ts";
import { uncorrected } from "../../support/uncorrected.ts";

/** What is there is told by the answer's body; what is not, by `null`. */
export async function meaningOf(commits: readonly Commit[]): Promise<object> {
  const last = commits.at(-1);
  if (last === undefined) throw new Error("A story has at least one commit.");
  const { id: accountId } = parseStream(last.stream);
  const accounts = memoryDocuments<AccountView>();
  const transfers = memoryDocuments<TransferView>();
  await accountProjection(accounts, uncorrected).project(last.stream, commits);
  await transferProjection(transfers, uncorrected).project(commits);
  const store = storeOf(commits);
  const told = toIntegrationEvents(last);
  const ids = commits.flatMap(({ events }) => events.map(({ data }) => transferIdIn(data)));
  const sent = [...new Set(ids)].filter((id) => id !== undefined && senderOf(id) === accountId);
  const shown = sent.map((transferId = "") =>
    answerOf(showTransfer(store, transfers), { transferId }),
  );
  return withoutWords({
    account: await answerOf(showAccount(accounts), { accountId }),
    statement: await answerOf(showStatement(store), { accountId }),
    transfers: await Promise.all(shown),
    reactions: primaryReactions(model, last),
    integrationEvents: told,
    notifications: told.flatMap(notificationsOf),
  });
}

/** As JSON, without the sentences for people: their wording is nobody's contract. */
function withoutWords(meaning: object): object {
  const words = ["text", "detail"];
  return JSON.parse(JSON.stringify(meaning), (name, value: unknown) =>
    words.includes(name) ? undefined : value,
  ) as object;
}

/** How a commit's commands were decided, and what kinds of events that brought about: not what rules made of amounts. */
export function decidedIn({ outcomes, events }: Commit): object {
  const verdicts = outcomes.map((outcome) =>
    outcome.status === "rejected" ? `rejected: ${outcome.code}` : outcome.status,
  );
  return { verdicts, events: events.map(({ type }) => type) };
}

function transferIdIn(data: object): string | undefined {
  return "transferId" in data ? String(data.transferId) : undefined;
}

/** Sees everything that an answer may tell. */
const operator: Caller = { subject: "oscar", client: "operations", roles: ["operator"] };

async function answerOf(
  handler: CallerHandler,
  params: Readonly<Record<string, string>>,
): Promise<unknown> {
  const request: HttpRequest = {
    url: "http://localhost/",
    params,
    query: new URLSearchParams(),
    headers: new Headers(),
    text: () => Promise.resolve(""),
  };
  try {
    const { body } = await handler(request, console, operator);
    return JSON.parse(body) as unknown;
  } catch (error) {
    if (error instanceof Problem && error.code === "not_found") return null;
    throw error;
  }
}

/** These commits, as they stand in `events`. */
function storeOf(commits: readonly Commit[]): EventStore {
  const unasked = (): never => {
    throw new Error("No view asks this.");
  };
  return {
    load: unasked,
    append: unasked,
    commit: unasked,
    asOf: unasked,
    corrected: unasked,
    history: unasked,
    places: unasked,
    document: unasked,
    removeForeign: unasked,
    findByCommands: (_, ids) =>
      Promise.resolve(commits.filter((commit) => ids.some((id) => commit.commandIds.includes(id)))),
    range: (_, { from, to, limit }) =>
      Promise.resolve(commits.filter(({ at }) => at >= from && at < to).slice(0, limit)),
  };
}
