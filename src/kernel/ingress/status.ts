/** How far a command has got, and how it ended: the answer to every POST and of every status address. */
import { type Outcome, outcomesOf } from "../messages/commit.ts";
import type { EventStore } from "../store/event-store.ts";
import { explainRejection } from "../messages/rejections.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Projections } from "../projections/projections.ts";
import type { Aggregate, Model } from "../messages/model.ts";
import type { DeadLetters } from "../parking/dead-letters.ts";
import type { CommandDocument } from "../messages/command.ts";
import type { Notifier, Progress } from "../messages/notifier.ts";
import { type Point, points, type Wait } from "../http/read-request.ts";

export type CommandStatus = {
  readonly commandId: string;
  readonly stream: string;
  readonly type: string;
  readonly status: "pending" | "accepted" | "rejected" | "parked";
  readonly reached: Point;
  readonly rejection?: { readonly code: string; readonly detail: string };
  readonly resource: string;
  readonly acceptedAt: string;
  readonly handledAt?: string;
};

export type StatusReader = {
  /** Answers when the point is reached or the time is up, whichever comes first. */
  awaitStatus(command: CommandDocument, wait: Wait): Promise<CommandStatus>;
  /** Starts listening at once: call it before storing the command, so that no notification is missed. */
  listen(command: CommandDocument): Listening;
};

type Listening = {
  reached(wait: Wait): Promise<CommandStatus>;
  stop(): void;
};

type Dependencies = {
  readonly store: EventStore;
  readonly model: Model;
  readonly projections: Pick<Projections, "shownVersion">;
  readonly deadLetters: DeadLetters;
  readonly notifier: Notifier;
  readonly clock: Clock;
};

/** What is known of a command; it only ever grows. */
type Known = {
  outcome?: Outcome;
  handledAt?: string;
  isVisible?: boolean;
  isSettled?: boolean;
  /** What follows waits for a person or an instant. */
  isWaiting?: boolean;
  isParked?: boolean;
};

/** Between looks at the store while waiting: soon at first, then more and more patiently. */
const firstLookMs = 250;
const longestLookMs = 2_000;

export function statusReader(dependencies: Dependencies): StatusReader {
  const { model } = dependencies;
  const listen = (command: CommandDocument): Listening => listenTo(command, dependencies);
  return {
    listen,
    async awaitStatus(command, wait) {
      const listening = listen(command);
      try {
        const known: Known = {};
        await look(command, known, dependencies);
        const status = statusOf(model, command, known);
        return hasReached(status, wait) || wait.forMs === 0
          ? status
          : await listening.reached(wait);
      } finally {
        listening.stop();
      }
    },
  };
}

function listenTo(command: CommandDocument, dependencies: Dependencies): Listening {
  const { model, notifier, clock } = dependencies;
  const known: Known = {};
  let wake = (): void => undefined;
  const ends = settledBy(model, command);
  const stop = notifier.subscribe(command.stream, [command.commandId, ...ends], (progress) => {
    learn(model.find(command.stream), command.commandId, known, progress);
    wake();
  });

  /** `false` if the time passed without any. */
  const nextNotification = (withinMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs, false);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });

  const reached = async (wait: Wait): Promise<CommandStatus> => {
    const deadlineMs = clock.now() + wait.forMs;
    let lookMs = firstLookMs;
    for (;;) {
      const status = statusOf(model, command, known);
      const leftMs = deadlineMs - clock.now();
      if (hasReached(status, wait) || leftMs <= 0) return status;
      if (await nextNotification(Math.min(lookMs, leftMs))) continue;
      await look(command, known, dependencies);
      lookMs = Math.min(lookMs * 2, longestLookMs);
    }
  };
  return { reached, stop };
}

function settledBy(model: Model, command: CommandDocument): readonly string[] {
  const { commandId, stream } = command;
  return model.find(stream)?.reactor?.settledBy(command, commandId, stream) ?? [];
}

function learn(
  aggregate: Aggregate | undefined,
  commandId: string,
  known: Known,
  { point, outcome, events, at }: Progress,
): void {
  if (outcome.commandId === commandId) {
    known.outcome = outcome;
    known.handledAt = at;
    known.isWaiting = events.some((event) => aggregate?.reactor?.waits(event));
    if (point === "visible") known.isVisible = true;
  } else if (point === "visible") {
    known.isSettled = true;
  }
}

/** Asks the store: a query of the stream's index, and the version that the read model shows. */
async function look(
  command: CommandDocument,
  known: Known,
  { model, store, projections, deadLetters }: Dependencies,
): Promise<void> {
  const { stream, commandId } = command;
  const shown = await projections.shownVersion(stream);
  const commits = await store.findByCommands(stream, [commandId, ...settledBy(model, command)]);
  for (const commit of commits) {
    const point = commit.events.length === 0 || commit.version <= shown ? "visible" : "handled";
    for (const { outcome, events } of outcomesOf(commit))
      if (outcome.commandId === commandId || settledBy(model, command).includes(outcome.commandId))
        learn(model.find(stream), commandId, known, { point, outcome, events, at: commit.at });
  }
  if (known.outcome === undefined)
    known.isParked = (await deadLetters.find("handling", stream, commandId)) !== undefined;
}

function statusOf(model: Model, command: CommandDocument, known: Known): CommandStatus {
  const { commandId, stream, type, resource, acceptedAt } = command;
  const { outcome, handledAt } = known;
  const common = { commandId, stream, type, resource, acceptedAt };
  if (outcome === undefined || handledAt === undefined) {
    const status = known.isParked === true ? "parked" : "pending";
    return { ...common, status, reached: "stored" };
  }
  if (outcome.status === "rejected") {
    const { code } = outcome;
    const rejection = { code, detail: explainRejection(model.of(stream).decider, code) };
    return { ...common, status: "rejected", reached: "settled", rejection, handledAt };
  }
  const endsHere = known.isWaiting === true || settledBy(model, command).length === 0;
  const isSettled = endsHere ? known.isVisible : known.isSettled;
  const reached = isSettled === true ? "settled" : known.isVisible === true ? "visible" : "handled";
  return { ...common, status: "accepted", reached, handledAt };
}

export function hasReached({ reached }: CommandStatus, { until }: Wait): boolean {
  return points.indexOf(reached) >= points.indexOf(until);
}
