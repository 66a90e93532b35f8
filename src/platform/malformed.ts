import type { z } from "zod";

/** One place of a stored document, and what is wrong there. */
export type Fault = { readonly path: string; readonly message: string };

/**
 * Something stored is not what it should be: damaged, written by another version of the code, or by a hand. Trying again
 * cannot help, and whoever only reads it is not to blame.
 */
export class Malformed extends Error {
  override readonly name = "Malformed";
  /** Empty if it is not the fault of single places. */
  readonly faults: readonly Fault[];

  constructor(
    message: string,
    { faults = [], cause }: { readonly faults?: readonly Fault[]; readonly cause?: unknown } = {},
  ) {
    super([message, ...(faults.length === 0 ? [] : [describeFaults(faults)])].join(": "), {
      cause,
    });
    this.faults = faults;
  }
}

const mostTold = 5;

function describeFaults(faults: readonly Fault[]): string {
  const told = faults.slice(0, mostTold).map(({ path, message }) => `${path}: ${message}`);
  const more = faults.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

/** What a schema finds wrong in a document, or in the part of it that this path leads to. */
export function faultsIn(issues: readonly z.core.$ZodIssue[], within = ""): readonly Fault[] {
  return issues.map(({ path, message }) => {
    const place = [...(within === "" ? [] : [within]), ...path.map(String)].join(".");
    return { path: place === "" ? "document" : place, message };
  });
}
