/**
 * The process that leads a transfer which waits for a person or an instant. It starts what is due, lets expire what
 * nobody decided, has credited what was approved, and stays until the transfer has ended.
 *
 * It decides nothing: a command that comes too late is ignored by the sender's stream. News may come twice, late or never:
 * each says how the transfer stands as of a version, so the newest counts; and when a command shows no effect for too
 * long, the process looks for itself and issues it again.
 */
import type { Reaction } from "../kernel/decider.ts";
import type { Process, Step } from "../kernel/process.ts";
import { streamOf } from "../kernel/streams.ts";
import type { AccountCommand, Transfer } from "./account.messages.ts";
import { transferSteps } from "./transfer-id.ts";

/** What a process knows of its transfer. Nothing that people wrote: processes tell none of it on. */
export type LedTransfer = Omit<Transfer, "note">;

/** How a transfer stands, as of a version of its sender's stream. */
export type TransferNews = { readonly version: number; readonly transfer: LedTransfer } & (
  | { readonly stage: "scheduled" | "waiting"; readonly dueAtMs: number }
  | { readonly stage: "approved" | "started" | "ended" }
);

type State = {
  /** The newest; none before the first look. */
  readonly news?: TransferNews;
  /** How often the command that this news calls for has been issued. */
  readonly attempts: number;
  /** When to wake. */
  readonly untilMs: number;
};

/** How long a command may take to show an effect before it is issued again; doubled each time. */
const firstPatienceMs = 10_000;
const longestPatienceMs = 3_600_000;

export const transferProcess: Process<State, TransferNews> = {
  initialState: { attempts: 0, untilMs: 0 },
  hear: (state, news, atMs) => (isNewer(news, state) ? begin(news, atMs) : rest(state)),
  see: (state, news, atMs) => (isNewer(news, state) ? begin(news, atMs) : proceed(state, atMs)),
  wake: (state, atMs) => (state.attempts === 0 ? proceed(state, atMs) : look(state)),
};

function isNewer(news: TransferNews, { news: known }: State): boolean {
  return known === undefined || news.version > known.version;
}

function begin(news: TransferNews, atMs: number): Step<State> {
  return proceed({ news, attempts: 0, untilMs: 0 }, atMs);
}

/** What the news calls for. */
function proceed(state: State, atMs: number): Step<State> {
  const { news } = state;
  if (news === undefined) return look(state);
  switch (news.stage) {
    case "scheduled":
    case "waiting":
      return atMs < news.dueAtMs ? rest({ ...state, untilMs: news.dueAtMs }) : issue(state, atMs);
    case "approved":
    case "started":
      return issue(state, atMs);
    case "ended":
      return { state, commands: [], next: { kind: "done" } };
  }
}

function rest(state: State): Step<State> {
  return { state, commands: [], next: { kind: "wait", untilMs: state.untilMs } };
}

function look(state: State): Step<State> {
  return { state, commands: [], next: { kind: "look" } };
}

function issue(state: State, atMs: number): Step<State> {
  const patienceMs = Math.min(firstPatienceMs * 2 ** state.attempts, longestPatienceMs);
  const waiting = { ...state, attempts: state.attempts + 1, untilMs: atMs + patienceMs };
  const commands = state.news === undefined ? [] : commandsFor(state.news);
  return { ...rest(waiting), commands };
}

/** The command that brings the transfer on from where it stands. */
function commandsFor({ stage, transfer }: TransferNews): readonly Reaction[] {
  const { transferId, from, to } = transfer;
  switch (stage) {
    case "scheduled":
      return [command(from, transferSteps.start(transferId), "StartTransfer", { transferId })];
    case "waiting":
      return [command(from, transferSteps.expire(transferId), "ExpireTransfer", { transferId })];
    case "approved":
      return [command(to, transferSteps.credit(transferId), "ReceiveCredits", transfer)];
    case "started": // a primary reaction has it credited
    case "ended":
      return [];
  }
}

/** The terms of a StartTransfer, and the note of a ReceiveCredits, are put in by whoever stores it. */
function command(
  accountId: string,
  commandId: string,
  type: AccountCommand["type"],
  data: object,
): Reaction {
  return { stream: streamOf("account", accountId), commandId, command: { type, data } };
}
