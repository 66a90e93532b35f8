/** Documents that were removed from where they were stored: whatever they hold, the archive can have it. */
import type { Documents } from "../../platform/cosmos/documents.ts";
import { archiveIdOf, type DeadLetter } from "./letter.ts";
import { keptForSeconds } from "./record.ts";

/** A part of a document's text: with what a part adds, and with its characters escaped, a whole one might not fit. */
export type ArchivePart = {
  readonly id: string;
  readonly lane: string;
  readonly kind: "archive";
  readonly text: string;
  readonly isLast: boolean;
  readonly ttl: number;
};

const charactersInPart = 200_000;

type Archive = {
  readonly archive: (letter: DeadLetter, document: object) => Promise<void>;
  readonly archived: (lane: string, id: string) => Promise<object | undefined>;
};

export function archiveIn(
  documents: Pick<Documents<ArchivePart | { readonly id: string }>, "upsert" | "read">,
): Archive {
  return {
    async archive({ lane, id }, document) {
      // Escaped, half of a surrogate pair at a part's end is a text like any other.
      const text = JSON.stringify(document);
      for (let part = 0; part * charactersInPart < text.length; part += 1) {
        const end = (part + 1) * charactersInPart;
        const kept = text.slice(part * charactersInPart, end);
        await documents.upsert(lane, {
          id: archiveIdOf(id, part),
          ...{ lane, kind: "archive", text: JSON.stringify(kept), isLast: end >= text.length },
          ttl: keptForSeconds,
        });
      }
    },
    async archived(lane, id) {
      let text = "";
      for (let part = 0; ; part += 1) {
        const found = (await documents.read(lane, archiveIdOf(id, part)))?.document as
          ArchivePart | undefined;
        if (found === undefined) return undefined;
        text += JSON.parse(found.text) as string;
        if (found.isLast) return JSON.parse(text) as object;
      }
    },
  };
}
