/** The lanes of what could not be handled, put together from the documents in `dead-letters`. */
import type { Documents } from "../azure/documents.ts";
import {
  asCommand,
  type CommandDocument,
  type CommitDocument,
  type DeadLetterDocument,
} from "./documents.ts";

/** One stream at one stage. */
export type Lane = {
  readonly lane: string;
  readonly stage: string;
  readonly stream: string;
  readonly parkedSince: string;
  /** In the order in which they will be replayed. */
  readonly letters: readonly Letter[];
};

export type Letter = Required<Omit<DeadLetterDocument, "lane" | "stage" | "stream" | "message">> &
  Pick<DeadLetterDocument, "message">;

/** All lanes, the oldest first. */
export const lanesIn = async (documents: Documents): Promise<readonly Lane[]> => {
  const all = await documents.query<DeadLetterDocument>("dead-letters", {
    // Records of decisions and archived documents stay in their lane for years.
    text: "SELECT * FROM c WHERE NOT IS_DEFINED(c.kind)",
  });
  return lanesOf(all);
};

export const lanesOf = (all: readonly DeadLetterDocument[]): readonly Lane[] =>
  [...Map.groupBy(all, ({ lane }) => lane)]
    .flatMap(([lane, documents]) => {
      const letters = documents.filter(isLetter).toSorted((a, b) => a.order - b.order);
      const [first] = letters;
      // The marker stays for a moment after the last letter has left.
      if (first === undefined) return [];
      const { stage, stream, parkedAt: parkedSince } = first;
      return [{ lane, stage, stream, parkedSince, letters }];
    })
    .toSorted((a, b) => Date.parse(a.parkedSince) - Date.parse(b.parkedSince));

/** The lane's own marker has no place in the order. */
const isLetter = (document: DeadLetterDocument): document is DeadLetterDocument & Letter =>
  document.order !== undefined;

/** Commands that wait to be handled. Those of reactions are in no other container. */
export const parkedCommands = (
  lanes: readonly Lane[],
  stream: string,
): readonly CommandDocument[] =>
  lanes
    .filter((lane) => lane.stage === "handling" && lane.stream === stream)
    .flatMap(({ letters }) => letters)
    .flatMap(({ message }) => asCommand(message) ?? []);

export type CommitKey = Pick<CommitDocument, "stream" | "number">;

/** What waits to be published is a note of where it stands, of one commit or of several. */
export const notedIn = (message: Letter["message"]): readonly CommitKey[] => {
  const commits = message?.["commits"];
  return Array.isArray(commits) ? (commits as CommitKey[]) : [];
};
