import { isJsonObject, type JsonObject, ownValue } from "../shared/json.ts";

/**
 * Follows a path such as `data.card.id`. Names at the top level match in any case, as in the
 * examples of the documentation ("Subject", "Data.Key1"); below, the case counts.
 */
export function valueAt(event: JsonObject, path: string): unknown {
  const [first = "", ...rest] = path.split(".");
  let value = ownValue(event, first) ?? anyCase(event, first);
  for (const name of rest) {
    if (!isJsonObject(value)) return undefined;
    value = ownValue(value, name);
  }
  return value;
}

function anyCase(event: JsonObject, name: string): unknown {
  const wanted = name.toLowerCase();
  const found = Object.keys(event).find((key) => key.toLowerCase() === wanted);
  return found === undefined ? undefined : event[found];
}
