import type { StreamReader } from "../../src/projections/projection.ts";

/** Streams in which nothing has ever been corrected. */
export const uncorrected: StreamReader = {
  corrected: () => Promise.resolve(undefined),
  history: () => Promise.reject(new Error("Nobody has to read a whole stream.")),
};
