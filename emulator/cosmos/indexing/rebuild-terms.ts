import type { JsonObject } from "../sql/index.ts";
import type { Container } from "../container.ts";
import { endOfRange } from "../storage/positions.ts";
import { indexTerms } from "./index-terms.ts";

/** Enters all documents anew after the indexing policy changed; the service does so in background. */
export function rebuildTerms({ documents, indexing, partitioning }: Container): void {
  documents.clearTerms();
  if (!indexing.indexesAnything) return;
  const { ranges } = partitioning;
  for (const { partition, id, body } of documents.between(0, endOfRange(ranges.length))) {
    const terms = indexTerms(JSON.parse(body) as JsonObject, indexing);
    for (const term of terms.values()) documents.addTerm(partition, id, term);
  }
}
