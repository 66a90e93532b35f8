/** What a command has brought about, as a tree: put together from documents, by who caused whom. */
import { notedIn, type CommitKey, type Lane, type Letter } from "../saldo/lanes.ts";
import {
  decidedIn,
  type CommandDocument,
  type CommitDocument,
  type Decided,
} from "../saldo/documents.ts";

export type StoryNode = {
  readonly commandId: string;
  readonly stream: string;
  readonly type: string;
  readonly actor: string;
  readonly acceptedAt: string;
  readonly causationId: string;
  readonly traceparent: string;
  readonly end: StoryEnd;
  /** Stages at which the commit waits as a dead letter. */
  readonly parkedAt: readonly string[];
  readonly children: readonly StoryNode[];
};

type StoryEnd =
  | { readonly kind: "pending" }
  | { readonly kind: "parked"; readonly reason: string }
  | { readonly kind: "decided"; readonly decided: Decided };

/** All that was read of the streams that a story touches. */
export type Evidence = {
  readonly commands: readonly CommandDocument[];
  readonly commits: readonly CommitDocument[];
  readonly lanes: readonly Lane[];
};

/** Which commands belong to a story: those of one client's command, and of the transfers that they are about. */
export type Scope = {
  readonly correlationIds: ReadonlySet<string>;
  readonly transferIds: ReadonlySet<string>;
};

/** The commands of the story that no other of it has caused, the oldest first, each with its consequences. */
export const storyOf = (evidence: Evidence, scope: Scope): readonly StoryNode[] => {
  const members = membersOf(evidence, scope);
  const ids = new Set(members.map(({ commandId }) => commandId));
  const isRoot = ({ commandId, causationId }: Flat): boolean =>
    causationId === commandId || !ids.has(causationId);
  // Each has one cause at most, so that no path from a root comes back to itself.
  const grow = (flat: Flat): StoryNode => {
    const children = members.filter(
      (other) => other.causationId === flat.commandId && !isRoot(other),
    );
    return { ...flat, children: children.map(grow) };
  };
  return members.filter(isRoot).map(grow);
};

type Flat = Omit<StoryNode, "children">;

/** Transfers lead to further commands, and these to further transfers: until nothing new is found. */
export const widen = ({ commands, commits }: Evidence, scope: Scope): Scope => {
  const transferIds = new Set(scope.transferIds);
  for (let before = -1; before !== transferIds.size;) {
    before = transferIds.size;
    const wider = { ...scope, transferIds };
    for (const command of commands)
      if (isAbout(command, [command.data], wider)) addTransfers(transferIds, [command.data]);
    for (const { outcome, events } of commits.flatMap(decidedIn)) {
      const data = events.map((event) => event.data);
      if (isAbout(outcome, data, wider)) addTransfers(transferIds, data);
    }
  }
  return { ...scope, transferIds };
};

type Data = Readonly<Record<string, unknown>>;

const addTransfers = (transferIds: Set<string>, all: readonly Data[]): void => {
  for (const { transferId } of all) if (typeof transferId === "string") transferIds.add(transferId);
};

const isAbout = (
  { commandId, correlationId }: { readonly commandId: string; readonly correlationId: string },
  data: readonly Data[],
  { correlationIds, transferIds }: Scope,
): boolean =>
  correlationIds.has(correlationId) ||
  // The commands of a transfer's steps are named after it.
  transferIds.has(commandId.split(".", 1)[0] ?? "") ||
  data.some(({ transferId }) => typeof transferId === "string" && transferIds.has(transferId));

const membersOf = ({ commands, commits, lanes }: Evidence, scope: Scope): readonly Flat[] => {
  const found = new Map<string, Flat>();
  for (const commit of commits)
    for (const decided of decidedIn(commit)) {
      const { outcome, events } = decided;
      const command = commands.find(({ commandId }) => commandId === outcome.commandId);
      const data = [...events.map((event) => event.data), ...(command ? [command.data] : [])];
      if (isAbout(outcome, data, scope))
        found.set(outcome.commandId, {
          ...outcome,
          stream: commit.stream,
          end: { kind: "decided", decided },
          parkedAt: stagesOf(lanes, commit),
        });
    }
  for (const command of commands)
    if (!found.has(command.commandId) && isAbout(command, [command.data], scope))
      found.set(command.commandId, { ...command, end: waiting(lanes, command), parkedAt: [] });
  return [...found.values()].toSorted(
    (a, b) => Date.parse(a.acceptedAt) - Date.parse(b.acceptedAt),
  );
};

const waiting = (lanes: readonly Lane[], { stream, commandId }: CommandDocument): StoryEnd => {
  const lane = lanes.find((each) => each.stage === "handling" && each.stream === stream);
  const letter = lane?.letters.find(({ id }) => id === commandId);
  return letter === undefined ? { kind: "pending" } : { kind: "parked", reason: letter.reason };
};

const stagesOf = (lanes: readonly Lane[], commit: CommitDocument): readonly string[] => [
  ...new Set(
    lanes
      .filter(({ stage, letters }) => letters.some((letter) => holds(stage, letter, commit)))
      .map(({ stage }) => stage),
  ),
];

const holds = (stage: string, { message }: Letter, { stream, number }: CommitDocument): boolean => {
  if (stage === "handling") return false;
  if (message === undefined) return false;
  const waiting = stage === "publishing" ? notedIn(message) : [message as CommitKey];
  return waiting.some((each) => each.stream === stream && each.number === number);
};

/** The first and the last instant of a story, ms since the epoch. */
export const spanOf = (roots: readonly StoryNode[]): { startMs: number; endMs: number } => {
  const instants = roots.flatMap(instantsOf);
  return { startMs: Math.min(...instants), endMs: Math.max(...instants) };
};

const instantsOf = ({ acceptedAt, end, children }: StoryNode): number[] => [
  Date.parse(acceptedAt),
  ...(end.kind === "decided" ? [Date.parse(end.decided.commit.at)] : []),
  ...children.flatMap(instantsOf),
];
