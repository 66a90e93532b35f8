import type { SQLOutputValue } from "node:sqlite";

/** Reads typed values out of SQLite's rows; a value of another type is a bug and throws. */
export type Row = Record<string, SQLOutputValue>;

export const textOf = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`${column} is not text.`);
  return value;
};

export const textOrNullOf = (row: Row, column: string): string | null =>
  row[column] === null ? null : textOf(row, column);

export const numberOf = (row: Row, column: string): number => {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`${column} is not a number.`);
  return value;
};

export const numberOrNullOf = (row: Row, column: string): number | null =>
  row[column] === null ? null : numberOf(row, column);

/** One of the words allowed; anything else in the file is a bug and throws. */
export const wordOf = <Word extends string>(
  row: Row,
  column: string,
  words: readonly Word[],
): Word => {
  const text = textOf(row, column);
  const word = words.find((known) => known === text);
  if (word === undefined) throw new TypeError(`${column} has the unknown value ${text}.`);
  return word;
};
