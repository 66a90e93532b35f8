/**
 * The query text can not be answered: it is malformed, or uses something this engine does not
 * support. The message is a sentence naming what and where; a server answers it as 400 Bad Request.
 */
export class SqlError extends Error {
  override readonly name = "SqlError";
}

/** Where something is in the query text, as a person counts: lines and columns from 1. */
export function locate(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}
