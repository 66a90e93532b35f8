import { assert } from "./assert.ts";

/** The stream of one aggregate instance: `account-{id}`. */
export function streamOf(category: string, id: string): string {
  return `${category}-${id}`;
}

export function parseStream(stream: string): { readonly category: string; readonly id: string } {
  const dash = stream.indexOf("-");
  assert(dash > 0 && dash < stream.length - 1, `not a stream name: ${stream}`);
  return { category: stream.slice(0, dash), id: stream.slice(dash + 1) };
}
