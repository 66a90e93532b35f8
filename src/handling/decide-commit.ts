/** The pure heart of handling: a stream's head and its next commands in, one commit out. */
import { deciderOf } from "../../domain/catalog.ts";
import { assert } from "../../domain/kernel/assert.ts";
import type { Decider } from "../../domain/kernel/decider.ts";
import type { CommandEnvelope } from "../commands/command.ts";
import { type Commit, commitId, type Outcome, type RecentCommands } from "../events/commit.ts";
import type { StreamHead } from "../events/event-store.ts";

/** Commands accepted within this time of the newest stay listed as recent … */
const recentForMs = 2_000;
/** … but never more than these, so that a commit stays small. */
const mostRecent = 64;

export type Recognition = "new" | "handled" | "unsure";

/** Whether a command has been handled before, as far as the head can tell. `unsure` means: ask the index. */
export function recognise(head: StreamHead, command: CommandEnvelope): Recognition {
  const { commands, forgottenUpToMs } = head.recent;
  if (commands.some(([id]) => id === command.commandId)) return "handled";
  return Date.parse(command.acceptedAt) > forgottenUpToMs ? "new" : "unsure";
}

/**
 * Decides the commands in order, each upon the state that the one before left. `nowMs`: ms since the epoch.
 * Throws InvariantBroken if one of them cannot be decided at all.
 */
export function decideCommit(
  head: StreamHead,
  commands: readonly CommandEnvelope[],
  nowMs: number,
): Commit {
  const decider = deciderOf(head.stream);
  let state = head.state;
  const events = [];
  const outcomes: Outcome[] = [];
  for (const command of commands) {
    const decision = decide(decider, command, state);
    const decided = decision.kind === "accepted" ? decision.events : [];
    for (const event of decided) {
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
  const { commandId, type, acceptedAt, actor, correlationId, causationId, traceparent } = command;
  const envelope = { commandId, type, acceptedAt, actor, correlationId, causationId, traceparent };
  return decision.kind === "accepted"
    ? { ...envelope, events, status: "accepted" }
    : { ...envelope, events, status: "rejected", code: decision.code };
}

function nextInstant(previous: string, nowMs: number): string {
  const earliestMs = previous === "" ? 0 : Date.parse(previous) + 1;
  return new Date(Math.max(nowMs, earliestMs)).toISOString();
}

function remember(recent: RecentCommands, handled: readonly CommandEnvelope[]): RecentCommands {
  const added = handled.map(({ commandId, acceptedAt }) => [commandId, Date.parse(acceptedAt)]);
  const newestFirst = [...recent.commands, ...(added as [string, number][])].sort(
    ([, a], [, b]) => b - a,
  );
  const newestMs = newestFirst[0]?.[1] ?? 0;
  const isListed = ([, acceptedAtMs]: readonly [string, number], index: number): boolean =>
    index < mostRecent && acceptedAtMs > newestMs - recentForMs;
  const commands = newestFirst.filter(isListed);
  const firstForgotten = newestFirst[commands.length];
  const forgottenUpToMs = Math.max(recent.forgottenUpToMs, firstForgotten?.[1] ?? 0);
  return { commands, forgottenUpToMs };
}
