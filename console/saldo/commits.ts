/** Documents of `events` as what they are read as: corrections count, and what cannot be read is told apart. */
import type { StoredDocument } from "../azure/documents.ts";
import { asCommit, type CommitDocument } from "./documents.ts";

export type Entry = { readonly commit: CommitDocument } | { readonly damaged: StoredDocument };

/** In the order of the documents; corrections among them, or given beside them, are applied. */
export const entriesIn = (
  documents: readonly StoredDocument[],
  besides: readonly StoredDocument[] = [],
): readonly Entry[] => {
  const corrections = [...besides, ...documents]
    .flatMap((document) => asCommit(document) ?? [])
    .filter(({ corrects }) => corrects !== undefined)
    .toSorted((a, b) => a.number - b.number);
  const last = new Map(
    corrections.map((each) => [`${each.stream}/${each.corrects?.number ?? 0}`, each]),
  );
  return documents.map((document) => {
    const commit = asCommit(document);
    const correction = last.get(`${String(document["stream"])}/${Number(document.id)}`);
    if (correction?.corrects === undefined)
      return commit === undefined ? { damaged: document } : { commit };
    const { reading } = correction.corrects;
    const snapshot = commit?.snapshot ?? { state: undefined };
    return { commit: { ...reading, snapshot, correctedBy: correction.number } };
  });
};

export const commitsIn = (documents: readonly StoredDocument[]): readonly CommitDocument[] =>
  entriesIn(documents).flatMap((entry) => ("commit" in entry ? [entry.commit] : []));
