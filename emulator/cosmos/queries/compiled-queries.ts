import {
  compileQuery,
  type CompiledQuery,
  type QueryParameter,
  type ResumePoint,
  SqlError,
} from "../sql/index.ts";
import { limits } from "../limits.ts";
import { badRequest } from "../protocol/errors.ts";
import { asObject, parseJsonObject } from "../protocol/json-body.ts";
import { readResumePoint } from "./resume-point.ts";

/** The body of a query request. */
export type QueryRequest = {
  readonly text: string;
  readonly parameters: readonly QueryParameter[];
  /** Where to go on, if the client says so. */
  readonly resume?: ResumePoint | undefined;
};

export function parseQueryRequest(body: string): QueryRequest {
  const { query, parameters = [], resumeFilter } = parseJsonObject(body, "A query");
  if (typeof query !== "string") throw badRequest("The query text is missing.");
  if (query.length > limits.queryTextBytes) throw badRequest("The query text is too long.");
  if (!Array.isArray(parameters)) throw badRequest("parameters must be an array.");
  const resume =
    resumeFilter === undefined || resumeFilter === null ? undefined : readResumePoint(body);
  return { text: query, parameters: parameters.map(readParameter), resume };
}

/** A parameter without a value is undefined: clients leave that out of the JSON. */
function readParameter(parameter: unknown): QueryParameter {
  const { name, value } = asObject(parameter, "A parameter");
  if (typeof name !== "string") throw badRequest("A parameter must have a name.");
  return { name, value };
}

const cachedQueries = 500;
const compiled = new Map<string, CompiledQuery>();

/** Compiles a query once for as long as it is in use. Throws 400 where it can not be answered. */
export function compile(text: string): CompiledQuery {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const query = asBadRequest(() => compileQuery(text));
  if (compiled.size >= cachedQueries) compiled.clear();
  compiled.set(text, query);
  return query;
}

/**
 * Runs something of the engine, whose errors are the client's, as is what a query asks of the
 * machine: texts that are too long, or too much of the stack.
 */
export function asBadRequest<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof SqlError) throw badRequest(error.message);
    if (error instanceof RangeError) throw badRequest(`The query is too large: ${error.message}.`);
    throw error;
  }
}
