import { SqlError } from "./sql-error.ts";

/** Makes a regular expression of a pattern from a query or a document; throws SqlError. */
export function createRegExp(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SqlError(`A pattern can not be used: ${error.message}.`);
  }
}
