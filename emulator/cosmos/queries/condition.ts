import type { JsonObject } from "../sql/index.ts";
import { asBadRequest, compile } from "./compiled-queries.ts";

/** Whether "from c where ..." holds for a document. Throws 400 if it can not be understood. */
export function satisfies(document: JsonObject, condition: string): boolean {
  const query = compile(`SELECT * ${condition}`);
  return asBadRequest(() => query.bind([]).execute([document], { sorted: false }).length > 0);
}
