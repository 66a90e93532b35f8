/** The lanes of what could not be handled, put together from the documents in `dead-letters`. */
import type { Documents } from "../azure/documents.ts";
import type { CommandDocument, CommitDocument, DeadLetterDocument } from "./documents.ts";

/** One stream at one stage. */
export type Lane = {
  readonly lane: string;
  readonly stage: string;
  readonly stream: string;
  readonly parkedSince: string;
  /** In the order in which they will be replayed. */
  readonly letters: readonly Letter[];
};

export type Letter = Required<Omit<DeadLetterDocument, "lane" | "stage" | "stream">>;

/** All lanes, the oldest first. */
export const lanesIn = async (documents: Documents): Promise<readonly Lane[]> => {
  const all = await documents.query<DeadLetterDocument>("dead-letters", {
    text: "SELECT * FROM c",
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

/** The lane's own marker has no message. */
const isLetter = (document: DeadLetterDocument): document is Required<DeadLetterDocument> =>
  document.message !== undefined && document.order !== undefined;

/** Commands that wait to be handled. Those of reactions are in no other container. */
export const parkedCommands = (
  lanes: readonly Lane[],
  stream: string,
): readonly CommandDocument[] =>
  lanes
    .filter((lane) => lane.stage === "handling" && lane.stream === stream)
    .flatMap(({ letters }) => letters.map(({ message }) => message as CommandDocument));

export type CommitKey = Pick<CommitDocument, "stream" | "number">;

/** What waits to be published is a note of where it stands, of one commit or of several. */
export const notedIn = ({ commits }: Letter["message"]): readonly CommitKey[] =>
  (commits ?? []) as CommitKey[];
