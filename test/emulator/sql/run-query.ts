import {
  compileQuery,
  type JsonObject,
  type JsonValue,
} from "../../../emulator/cosmos/sql/index.ts";

/** Gives the results of a query over documents in no particular order. */
export function runQuery(
  text: string,
  documents: readonly JsonObject[],
  parameters: Readonly<Record<string, JsonValue>> = {},
): JsonValue[] {
  const values = Object.entries(parameters).map(([name, value]) => ({ name: `@${name}`, value }));
  return compileQuery(text).bind(values).execute(documents, { sorted: false });
}

/** Gives what one expression without documents is worth; undefined shows as []. */
export function evaluate(expression: string): JsonValue[] {
  return runQuery(`SELECT VALUE ${expression}`, []);
}
