import { compileQuery, type CompiledQuery, type QueryParameter, SqlError } from "../sql/index.ts";
import { limits } from "../limits.ts";
import { badRequest } from "../protocol/errors.ts";

/** The body of a query request. */
export type QueryRequest = {
  readonly text: string;
  readonly parameters: readonly QueryParameter[];
};

export function parseQueryRequest(body: unknown): QueryRequest {
  const { query, parameters = [] } = (body ?? {}) as { query?: unknown; parameters?: unknown };
  if (typeof query !== "string") throw badRequest("The query text is missing.");
  if (query.length > limits.queryTextBytes) throw badRequest("The query text is too long.");
  if (!Array.isArray(parameters)) throw badRequest("parameters must be an array.");
  return { text: query, parameters: parameters as readonly QueryParameter[] };
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

/** Runs something of the engine, whose errors are the client's. */
export function asBadRequest<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof SqlError) throw badRequest(error.message);
    throw error;
  }
}
