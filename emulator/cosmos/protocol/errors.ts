/** Sub-statuses that tell the causes of one status apart (npm:@azure/cosmos common/statusCodes). */
export const substatus = {
  partitionKeyMismatch: 1001,
  partitionKeyRangeGone: 1002,
  ownerNotFound: 1003,
  crossPartitionQueryNotServable: 1004,
  requestRateTooLarge: 3200,
} as const;

const codeNames: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  408: "RequestTimeout",
  409: "Conflict",
  410: "Gone",
  412: "PreconditionFailed",
  413: "RequestEntityTooLarge",
  424: "FailedDependency",
  429: "TooManyRequests",
  449: "RetryWith",
  500: "InternalServerError",
  503: "ServiceUnavailable",
};

export type ErrorDetails = {
  readonly substatus?: number;
  readonly retryAfterMs?: number;
  /** Request units the refused operation cost all the same. */
  readonly charge?: number;
  /** What a client gets to read beside the message; a query plan, for instance. */
  readonly additionalErrorInfo?: string;
};

/** A refusal the client gets to see: an HTTP status with a body of `code` and `message`. */
export class CosmosError extends Error {
  override readonly name = "CosmosError";
  readonly status: number;
  readonly details: ErrorDetails;

  constructor(status: number, message: string, details: ErrorDetails = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** The JSON body of an error answer; the SDK reads `message` without asking whether it is there. */
export function errorBody(error: CosmosError): string {
  const { additionalErrorInfo } = error.details;
  return JSON.stringify({
    code: codeNames[error.status] ?? "Error",
    message: error.message,
    ...(additionalErrorInfo !== undefined && { additionalErrorInfo }),
  });
}

export const badRequest = (message: string, details?: ErrorDetails): CosmosError =>
  new CosmosError(400, message, details);

/** The database or container that should hold the addressed resource does not exist. */
export const ownerNotFound = (link: string): CosmosError =>
  new CosmosError(404, `Owner resource does not exist: ${link}`, {
    substatus: substatus.ownerNotFound,
  });

export const requestTooLarge = (): CosmosError =>
  new CosmosError(413, "Request size is too large.");

/**
 * Throws 412 if If-Match names another version (documentation: "Optimistic concurrency control").
 * `charge` is what the refusal costs.
 */
export function checkIfMatch(
  { "if-match": wanted }: { readonly "if-match"?: string | undefined },
  etag: string,
  charge = 0,
): void {
  if (wanted === undefined || wanted === "*" || wanted === etag) return;
  throw new CosmosError(
    412,
    "Operation cannot be performed because one of the specified precondition is not met.",
    { charge },
  );
}
