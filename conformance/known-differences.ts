import { readFileSync } from "node:fs";
import type { Outcome } from "./suite.ts";

/** What an outcome means, given the list of known differences. */
export type Verdict = "passed" | "known" | "failed" | "mended";

export type Judge = {
  verdict(outcome: Outcome): Verdict;
  /** Names on the list that no outcome had. */
  unseen(): readonly string[];
};

/**
 * Reads a list of known differences: one name a line. Empty lines and lines that start with "#",
 * which say why, do not count.
 */
export function readKnownDifferences(file: URL | undefined): Judge {
  const lines = file === undefined ? [] : readFileSync(file, "utf8").split("\n");
  const known = new Set(lines.filter((line) => line !== "" && !line.startsWith("#")));
  const unseen = new Set(known);
  return {
    verdict: ({ name, passed }) => {
      unseen.delete(name);
      if (known.has(name)) return passed ? "mended" : "known";
      return passed ? "passed" : "failed";
    },
    unseen: () => [...unseen],
  };
}
