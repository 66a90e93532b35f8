import type { StreamReader } from "../../src/modules/account/account-projection.ts";

/** Streams in which nothing has ever been corrected. */
export const uncorrected: StreamReader = {
  corrected: () => Promise.resolve(undefined),
  history: () => Promise.reject(new Error("Nobody has to read a whole stream.")),
};
