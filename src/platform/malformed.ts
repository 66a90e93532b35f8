import type { z } from "zod";

/**
 * Something stored is not what it should be: damaged, written by another version of the code, or by a hand. Trying again
 * cannot help, and whoever only reads it is not to blame.
 */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

const mostIssues = 5;

/** What a schema finds wrong, as one sentence for each place: `events.0.data.amountE4: expected number …`. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], within = ""): string {
  const told = issues.slice(0, mostIssues).map(({ path, message }) => {
    const place = [...(within === "" ? [] : [within]), ...path.map(String)].join(".");
    return `${place === "" ? "it" : place}: ${message}`;
  });
  const more = issues.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
