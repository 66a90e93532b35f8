/** The problems as the contract tells them: when each comes, and an example. */
import type { RefusalCode } from "../kernel/access/refusals.ts";
import type { FieldError, ProblemCode } from "../platform/http/problem.ts";

export type ToldCode = ProblemCode | RefusalCode;

type ProblemTold = {
  readonly status: number;
  readonly title: string;
  readonly when: string;
  /** Of the example. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
};

export const problemsTold = {
  idempotency_key_missing: {
    status: 400,
    title: "The Idempotency-Key header is missing.",
    when: "The header `Idempotency-Key` is absent.",
    detail: "Send a new UUID for each new intention.",
  },
  idempotency_key_malformed: {
    status: 400,
    title: "The Idempotency-Key header is malformed.",
    when: "The key has not 16 to 128 visible ASCII characters.",
    detail: "It must have 16 to 128 visible characters.",
  },
  malformed_json: {
    status: 400,
    title: "The body is not JSON.",
    when: "The body is empty or not JSON.",
    detail: "The body must be one JSON object.",
  },
  invalid_request: {
    status: 400,
    title: "The request is not valid.",
    when: "A member of the body or a parameter is wrong; `errors` lists all of them.",
    detail: "amount: must be greater than zero.",
    errors: [{ path: "amount", message: "must be greater than zero." }],
  },
  missing_token: {
    status: 401,
    title: "The access token is missing.",
    when: "There is no `Authorization: Bearer …`.",
    detail: "Send an access token: Authorization: Bearer ….",
  },
  invalid_token: {
    status: 401,
    title: "The access token is not valid.",
    when: "The access token is expired, of another issuer or for another audience.",
    detail: "The token has expired.",
  },
  forbidden: {
    status: 403,
    title: "This is not for you to do.",
    when: "None of the caller's roles includes this.",
    detail: "Your roles do not include this.",
  },
  not_found: {
    status: 404,
    title: "There is nothing here.",
    when: "What the address names is not there, or belongs to somebody else.",
    detail: "There is no account 4k2v9x0a7b1c3d5e.",
  },
  unknown_command: {
    status: 404,
    title: "There is no such command.",
    when: "No command was stored under this address.",
    detail: "Nothing was stored as account-4k2v9x0a7b1c3d5e/9d8s7f6g5h4j3k2l1m0n.",
  },
  not_possible: {
    status: 409,
    title: "This cannot be done with it.",
    when: "What is asked for cannot be done with a thing of this kind, or not as it stands.",
    detail:
      "It only waits behind another message: replay the lane, and decide about what stops it.",
  },
  decision_conflict: {
    status: 409,
    title: "It has changed meanwhile.",
    when: "Somebody else has just decided about the same thing: look at it again.",
    detail: "Somebody else has just decided about it, or replayed it.",
  },
  body_too_large: {
    status: 413,
    title: "The body is too large.",
    when: "The body has more than 16 KiB; of a repair, more than 512 KiB.",
    detail: "It may have at most 16384 bytes.",
  },
  unsupported_media_type: {
    status: 415,
    title: "The body must be JSON.",
    when: "The body has another content type than JSON.",
    detail: "It was sent as text/plain.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "The Idempotency-Key was used before with another request.",
    when: "The caller has used the key before with another body.",
    detail: "Take a new key for a new intention, or repeat the very same request.",
  },
  correction_refused: {
    status: 422,
    title: "The correction does not fit.",
    when: "The correction of a parked message is well-formed, but its stream would contradict itself with it.",
    detail:
      "It would not add up: commit 4, events.0.data.balance.availableE4: must be 100000 (10.00), but is 150000.",
  },
  too_many_requests: {
    status: 429,
    title: "These are too many requests.",
    when: "The caller sends more than anybody may; `Retry-After` says when to go on.",
    detail: "Send the same request again later; a command, with the same Idempotency-Key.",
  },
  unreadable: {
    status: 500,
    title: "What is stored about this cannot be read.",
    when: "What is stored about this very thing is damaged; an operator has to repair it.",
    detail: "It is damaged and has to be repaired. Asking again before that does not help.",
  },
  unavailable: {
    status: 503,
    title: "The service cannot store or read at the moment.",
    when: "The store is throttling or away; `Retry-After` says when to send the same again (same key!).",
    detail: "Send the same request with the same Idempotency-Key again later.",
  },
} as const satisfies Record<ToldCode, ProblemTold>;

export const problemCodes = Object.keys(problemsTold) as ToldCode[];

/** A problem of this code, as it is answered. */
export function exampleProblem(code: ToldCode): object {
  const { status, title, detail, ...more } = problemsTold[code];
  const errors = "errors" in more ? { errors: more.errors } : {};
  return { type: `urn:saldo:problem:${code}`, code, title, status, detail, ...errors };
}
