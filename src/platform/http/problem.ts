/** Errors over HTTP are problem details (RFC 9457); this is the list of all there are. */
import { Malformed } from "../malformed.ts";
import { PlatformFault } from "../platform-fault.ts";
import { commonHeaders, type HttpHandler, type HttpResponse } from "./exchange.ts";

const problems = {
  idempotency_key_missing: [400, "The Idempotency-Key header is missing."],
  idempotency_key_malformed: [400, "The Idempotency-Key header is malformed."],
  malformed_json: [400, "The body is not JSON."],
  invalid_request: [400, "The request is not valid."],
  not_found: [404, "There is nothing here."],
  unknown_command: [404, "There is no such command."],
  not_possible: [409, "This cannot be done with it."],
  decision_conflict: [409, "It has changed meanwhile."],
  body_too_large: [413, "The body is too large."],
  unsupported_media_type: [415, "The body must be JSON."],
  idempotency_key_reused: [422, "The Idempotency-Key was used before with another request."],
  correction_refused: [422, "The correction does not fit."],
  unreadable: [500, "What is stored about this cannot be read."],
  unavailable: [503, "The service cannot store or read at the moment."],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof problems;

/** One field that is wrong: its path in the body, or the name of the parameter or header. */
export type FieldError = { readonly path: string; readonly message: string };

/** Thrown by a handler to answer with a problem. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];

  constructor(code: ProblemCode, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.code = code;
    this.errors = errors;
  }
}

/** A request that is wrong in these fields. */
export function invalidRequest(errors: readonly FieldError[]): Problem {
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join(" ");
  return new Problem("invalid_request", detail, errors);
}

/** Turns what a handler throws into its problem; a bug stays thrown, and the host answers 500. */
export function withProblems(handler: HttpHandler): HttpHandler {
  return async (request, log) => {
    try {
      return await handler(request, log);
    } catch (error) {
      if (error instanceof Problem) return answer(error.code, error.message, error.errors);
      if (error instanceof Malformed) {
        log.error(error.message);
        const detail =
          "It is damaged and has to be repaired. Asking again before that does not help.";
        return answer("unreadable", detail, []);
      }
      if (error instanceof PlatformFault) {
        log.error(error.message);
        const seconds = Math.max(1, Math.ceil((error.retryAfterMs ?? 1_000) / 1_000));
        const detail = "Send the same request with the same Idempotency-Key again later.";
        const response = answer("unavailable", detail, []);
        return { ...response, headers: { ...response.headers, "retry-after": `${seconds}` } };
      }
      throw error;
    }
  };
}

function answer(code: ProblemCode, detail: string, errors: readonly FieldError[]): HttpResponse {
  const [status, title] = problems[code];
  const type = `urn:saldo:problem:${code}`;
  const list = errors.length === 0 ? {} : { errors };
  return {
    status,
    headers: { "content-type": "application/problem+json", ...commonHeaders },
    body: JSON.stringify({ type, code, title, status, detail, ...list }),
  };
}
