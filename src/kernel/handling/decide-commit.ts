/** The pure heart of handling: a stream's head and its next commands in, one commit out. */
import { assert } from "../../../domain/kernel/assert.ts";
import { type Decider, rejected } from "../../../domain/kernel/decider.ts";
import { unbalancedCurrency } from "../../../domain/kernel/postings.ts";
import type { CommandEnvelope } from "../messages/command.ts";
import type { Aggregate } from "../messages/model.ts";
import { type Commit, commitId, type Outcome, type RecentCommands } from "../messages/commit.ts";
import type { StreamHead } from "../store/event-store.ts";
import { discarded } from "../messages/rejections.ts";
import { shortHash } from "../../platform/digest.ts";

/** Commands accepted within this time of the newest stay listed as recent … */
const recentForMs = 2_000;
/** … but never more than these, so that a commit stays small. */
const mostRecent = 64;

/** Whether a command is certainly new to this stream; if not, the index has to be asked. */
export function isCertainlyNew(head: StreamHead, command: CommandEnvelope): boolean {
  const { seen, forgottenUpToMs } = head.recent;
  if (Date.parse(command.acceptedAt) <= forgottenUpToMs) return false;
  const idHash = shortHash(command.commandId);
  return seen.every(([hash]) => hash !== idHash);
}

/** A command that an operator has discarded is rejected, whatever it asks for. */
export type CommandToDecide = CommandEnvelope & { readonly isDiscarded?: true };

/**
 * Decides the commands in order, each upon the state that the one before left. `nowMs`: ms since the epoch.
 * Throws InvariantBroken if one of them cannot be decided at all, or if what it moves does not balance.
 */
export function decideCommit(
  { decider, postings }: Pick<Aggregate, "decider" | "postings">,
  head: StreamHead,
  commands: readonly CommandToDecide[],
  nowMs: number,
): Commit {
  let state = head.state;
  const events = [];
  const outcomes: Outcome[] = [];
  for (const command of commands) {
    const decision =
      command.isDiscarded === true ? rejected(discarded.code) : decide(decider, command, state);
    const decided = decision.kind === "accepted" ? decision.events : [];
    for (const event of decided) {
      const unbalanced = unbalancedCurrency(postings(event, head.stream));
      assert(
        unbalanced === undefined,
        `the postings of ${event.type} in ${unbalanced ?? ""} do not balance`,
      );
      state = decider.evolve(state, event);
      events.push({ ...event, v: 1 });
    }
    outcomes.push(outcomeOf(command, decision, decided.length));
  }
  const number = head.number + 1;
  return {
    id: commitId(number),
    stream: head.stream,
    number,
    version: head.version + events.length,
    at: nextInstant(head.at, nowMs),
    events,
    outcomes,
    commandIds: commands.map(({ commandId }) => commandId),
    snapshot: { fold: decider.foldVersion, state },
    recent: remember(head.recent, commands),
  };
}

function decide(
  decider: Decider,
  command: CommandEnvelope,
  state: unknown,
): ReturnType<Decider["decide"]> {
  const isKnown = decider.commandTypes.includes(command.type);
  assert(isKnown, `${decider.category} does not know the command ${command.type}`);
  return decider.decide({ type: command.type, data: command.data }, state);
}

function outcomeOf(
  command: CommandEnvelope,
  decision: ReturnType<Decider["decide"]>,
  events: number,
): Outcome {
  const { commandId, type, acceptedAt, actor, subject } = command;
  const { correlationId, causationId, traceparent } = command;
  const by = subject === undefined ? { actor } : { actor, subject };
  const envelope = { commandId, type, acceptedAt, ...by, correlationId, causationId, traceparent };
  return decision.kind === "accepted"
    ? { ...envelope, events, status: "accepted" }
    : { ...envelope, events, status: "rejected", code: decision.code };
}

function nextInstant(previous: string, nowMs: number): string {
  const earliestMs = previous === "" ? 0 : Date.parse(previous) + 1;
  return new Date(Math.max(nowMs, earliestMs)).toISOString();
}

function remember(recent: RecentCommands, handled: readonly CommandEnvelope[]): RecentCommands {
  const known = recent.seen.map(([hash, ageMs]) => ({ hash, ms: recent.newestMs - ageMs }));
  const added = handled.map(({ commandId, acceptedAt }) => ({
    hash: shortHash(commandId),
    ms: Date.parse(acceptedAt),
  }));
  const latestFirst = [...known, ...added].sort((a, b) => b.ms - a.ms);
  const newestMs = Math.max(recent.newestMs, latestFirst[0]?.ms ?? 0);
  const listed = latestFirst.filter(
    ({ ms }, index) => index < mostRecent && ms > newestMs - recentForMs,
  );
  const firstForgotten = latestFirst[listed.length];
  return {
    seen: listed.map(({ hash, ms }) => [hash, newestMs - ms]),
    newestMs,
    forgottenUpToMs: Math.max(recent.forgottenUpToMs, firstForgotten?.ms ?? 0),
  };
}
