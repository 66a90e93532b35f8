/** The messages of letters, as they are stored. */
import { canonicalInstants } from "../../platform/stored-texts.ts";
import type { Documents, Versioned } from "../../platform/cosmos/documents.ts";
import type { DeadLetter, Source } from "../parking/letter.ts";

type Stored = { readonly id: string };

export type Originals = {
  /** The document that a letter is about; `undefined` if there is none (any more). */
  stored(letter: Pick<DeadLetter, "source">): Promise<Versioned<Stored> | undefined>;
  /** The message, as it is stored now. Throws if it is stored no more. */
  message(letter: DeadLetter): Promise<object>;
  /** `false` if the document has changed since it was read, or is gone. */
  remove(source: Source, read: Versioned<Stored>): Promise<boolean>;
};

export function originalsIn(
  containers: Readonly<Record<Source["container"], Pick<Documents<Stored>, "read" | "remove">>>,
): Originals {
  const stored: Originals["stored"] = async ({ source }) =>
    source && containers[source.container].read(source.partition, source.id);
  return {
    stored,
    async message(letter) {
      const found = await stored(letter);
      if (found !== undefined) return found.document;
      // A command that is stored nowhere else, or the letter of an older version: it holds what the host's trigger had made
      // of the message.
      if (letter.source === undefined && letter.message !== undefined)
        return canonicalInstants(letter.message);
      throw new Error("The message is stored no more.");
    },
    remove: ({ container, partition }, { document, etag }) =>
      containers[container].remove(partition, document.id, etag),
  };
}
