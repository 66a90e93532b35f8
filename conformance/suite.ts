/** One comparison with Microsoft's own engine. */
export type Outcome = {
  /** The name by which a list of known differences can mention it. */
  readonly name: string;
  readonly passed: boolean;
  /** What was wanted and what came instead; empty if it passed. */
  readonly reason: string;
};

/** A program that runs one of Microsoft's engines against, or beside, the embedded Azure. */
export type Suite = {
  readonly name: string;
  /** The differences that are accepted, or not mended yet: see known-differences.ts. None without. */
  readonly knownDifferences?: URL;
  /**
   * Makes the comparisons that `selection` selects by their group or by a part of their names; all
   * of them if it is empty. Rejects if the program itself fails.
   */
  run(selection: string, report: (outcome: Outcome) => void): Promise<void>;
};
