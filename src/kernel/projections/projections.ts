/** The read models that the primary event handler keeps: of each category, what its module has. */
import type { Commit } from "../messages/commit.ts";
import type { CorrectionCommit } from "../messages/corrections.ts";
import { parseStream } from "../../../domain/kernel/streams.ts";

export type Projections = {
  /**
   * Brings the read models of one stream up to date with its commits, in order. Answers them as they count: one that has
   * been corrected since it was stored is delivered as it was.
   */
  project(stream: string, commits: readonly Commit[]): Promise<readonly Commit[]>;
  /** Builds anew what may show a commit from before its correction. `original`: the document that is corrected. */
  rebuild(correction: CorrectionCommit, original: object | undefined): Promise<void>;
  /** How many of the stream's events its read models show. */
  shownVersion(stream: string): Promise<number>;
};

/** Those of all categories. A stream whose category has none is shown as soon as it is stored. */
export function projectionsOf(byCategory: Readonly<Record<string, Projections>>): Projections {
  const of = (stream: string): Projections | undefined => {
    const { category } = parseStream(stream);
    return Object.hasOwn(byCategory, category) ? byCategory[category] : undefined;
  };
  return {
    project: async (stream, commits) => of(stream)?.project(stream, commits) ?? commits,
    rebuild: async (correction, original) => of(correction.stream)?.rebuild(correction, original),
    shownVersion: async (stream) => of(stream)?.shownVersion(stream) ?? Infinity,
  };
}
