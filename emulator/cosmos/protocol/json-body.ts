import { badRequest } from "./errors.ts";

/** Reads the JSON of a request's body or header. Throws 400. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("The request body is not valid JSON.");
  }
}
