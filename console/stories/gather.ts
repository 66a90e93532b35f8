import type { Documents, StoredDocument } from "../azure/documents.ts";
import { commitsIn } from "../saldo/commits.ts";
import { asCommand, decidedIn, type DeadLetterDocument } from "../saldo/documents.ts";
import { lanesIn, parkedCommands } from "../saldo/lanes.ts";
import { senderOf } from "../saldo/named.ts";
import { storyOf, widen, type Evidence, type Scope, type StoryNode } from "./story.ts";

type Told = {
  readonly stream: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly acceptedAt: string;
};

/** The story that a command belongs to; undefined if the command is nowhere. */
export const storyOfCommand = async (
  documents: Documents,
  stream: string,
  commandId: string,
): Promise<readonly StoryNode[] | undefined> => {
  const command = await findIn(documents, stream, commandId);
  if (command === undefined) return undefined;
  const isFirst = command.correlationId === commandId;
  const first = isFirst ? command : await findCommand(documents, command.correlationId);
  const scope = {
    correlationIds: new Set([command.correlationId]),
    transferIds: new Set<string>(),
  };
  return tell(documents, first === undefined ? [command] : [first, command], scope);
};

/** Everything that has to do with a transfer. */
export const storyOfTransfer = async (
  documents: Documents,
  transferId: string,
): Promise<readonly StoryNode[] | undefined> => {
  const stream = senderOf(transferId);
  const first = await findIn(documents, stream, transferId.slice(-idLength));
  if (first === undefined) return undefined;
  const scope = {
    correlationIds: new Set([first.correlationId]),
    transferIds: new Set([transferId]),
  };
  return tell(documents, [first], scope);
};

/** A transfer's id ends with that of the command that asked for it. */
const idLength = 20;

/** A command by its id alone, wherever it is: handled, not handled yet, or parked. */
export const findCommand = async (
  documents: Documents,
  commandId: string,
): Promise<Told | undefined> => {
  const parameters = { id: commandId };
  const commits = await documents.query<StoredDocument>("events", {
    text: "SELECT * FROM c WHERE ARRAY_CONTAINS(c.commandIds, @id)",
    parameters,
    limit: mostCommits,
  });
  const handled = toldIn(commits, commandId);
  if (handled !== undefined) return handled;
  const [stored] = await documents.query<StoredDocument>("commands", {
    text: "SELECT * FROM c WHERE c.id = @id",
    parameters,
    limit: 1,
  });
  const command = asCommand(stored);
  if (command !== undefined) return command;
  const [letter] = await documents.query<DeadLetterDocument>("dead-letters", {
    text: "SELECT * FROM c WHERE c.id = @id AND NOT IS_DEFINED(c.kind)",
    parameters,
    limit: 1,
  });
  return asCommand(letter?.message);
};

const findIn = async (
  documents: Documents,
  stream: string,
  commandId: string,
): Promise<Told | undefined> => {
  const commits = await documents.query<StoredDocument>("events", {
    text: "SELECT * FROM c WHERE c.stream = @stream AND ARRAY_CONTAINS(c.commandIds, @id)",
    parameters: { stream, id: commandId },
    partition: stream,
    limit: mostCommits,
  });
  const handled = toldIn(commits, commandId);
  if (handled !== undefined) return handled;
  const command = await documents.read("commands", stream, commandId);
  const letter = await documents.read("dead-letters", `handling:${stream}`, commandId);
  return asCommand(command) ?? asCommand(letter?.["message"]);
};

/** A commit, and corrections of it. */
const mostCommits = 20;

const toldIn = (documents: readonly StoredDocument[], commandId: string): Told | undefined => {
  for (const commit of commitsIn(documents)) {
    const found = decidedIn(commit).find(({ outcome }) => outcome.commandId === commandId);
    if (found !== undefined) return { ...found.outcome, stream: commit.stream };
  }
  return undefined;
};

const mostStreams = 12;
const mostDocuments = 1_000;

/** Follows the money from stream to stream: each event of a transfer names both of its accounts. */
const tell = async (
  documents: Documents,
  known: readonly Told[],
  narrow: Scope,
): Promise<readonly StoryNode[]> => {
  const firstMs = Math.min(...known.map(({ acceptedAt }) => Date.parse(acceptedAt)));
  // In the form in which instants are stored: the queries compare texts.
  const since = new Date(firstMs).toISOString();
  let evidence: Evidence = { commands: [], commits: [], lanes: await lanesIn(documents) };
  let scope = narrow;
  const visited = new Set<string>();
  let next = known.map(({ stream }) => stream);
  while (next.length > 0 && visited.size < mostStreams) {
    for (const stream of new Set(next)) {
      visited.add(stream);
      evidence = await withStream(documents, evidence, stream, since);
    }
    scope = widen(evidence, scope);
    next = [...scope.transferIds]
      .flatMap((transferId) => partiesOf(evidence, transferId))
      .filter((stream) => !visited.has(stream));
  }
  return storyOf(evidence, scope);
};

const withStream = async (
  documents: Documents,
  { commands, commits, lanes }: Evidence,
  stream: string,
  since: string,
): Promise<Evidence> => {
  const common = { parameters: { stream, since }, partition: stream, limit: mostDocuments };
  const [moreCommits, moreCommands] = await Promise.all([
    documents.query<StoredDocument>("events", {
      text: "SELECT * FROM c WHERE c.stream = @stream AND c.at >= @since ORDER BY c.at ASC",
      ...common,
    }),
    documents.query<StoredDocument>("commands", {
      text: "SELECT * FROM c WHERE c.stream = @stream AND c.acceptedAt >= @since",
      ...common,
    }),
  ]);
  return {
    commands: [
      ...commands,
      ...moreCommands.flatMap((command) => asCommand(command) ?? []),
      ...parkedCommands(lanes, stream),
    ],
    commits: [...commits, ...commitsIn(moreCommits)],
    lanes,
  };
};

const partiesOf = ({ commits, commands }: Evidence, transferId: string): readonly string[] => {
  const told = [
    ...commits.flatMap(({ events }) => events.map(({ data }) => data)),
    ...commands.map(({ data }) => data),
  ].filter((data) => data["transferId"] === transferId);
  return told.flatMap(({ from, to }) =>
    [from, to].flatMap((account) => (typeof account === "string" ? [`account-${account}`] : [])),
  );
};
