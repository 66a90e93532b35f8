/** Corrections: commits of a stream that say what another commit is read as (docs/adr/0018). */
import type { Commit, Correction } from "./commit.ts";

export type CorrectionCommit = Commit & { readonly corrects: Correction };

export function isCorrection(commit: Commit): commit is CorrectionCommit {
  return commit.corrects !== undefined;
}

/** By the number of the commit that is corrected: the last word on it. */
export function lastCorrections(commits: readonly Commit[]): ReadonlyMap<number, CorrectionCommit> {
  const inOrder = commits.filter(isCorrection).toSorted((a, b) => a.number - b.number);
  return new Map(inOrder.map((commit) => [commit.corrects.number, commit]));
}
