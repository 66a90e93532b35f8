/** What a failed Cosmos call means to a stage. */
import { PlatformFault } from "../platform-fault.ts";
import { count } from "../telemetry/metrics.ts";

/** The service refuses this very document: too large, malformed, partition full. Trying again cannot help. */
export class DocumentRefused extends Error {
  override readonly name = "DocumentRefused";
}

type CosmosFailure = {
  readonly status: number | undefined;
  readonly substatus: number | undefined;
  readonly message: string;
  readonly retryAfterMs: number | undefined;
};

/**
 * 400 and 413 are the document's fault, and so is 403/1014 (its logical partition is full). Everything else (429, 408,
 * 449, 503, a lost connection, a wrong key, a missing container) is the platform's
 * (https://learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb).
 */
export function toFailure(error: unknown): DocumentRefused | PlatformFault {
  if (error instanceof DocumentRefused || error instanceof PlatformFault) return error;
  return failureFor(describe(error), error);
}

/** The same for one operation's status inside a bulk answer. */
export function operationFailure(
  refusal: { status: number; substatus?: number | undefined; retryAfterMs?: number | undefined },
  what: string,
): DocumentRefused | PlatformFault {
  const { status, substatus, retryAfterMs } = refusal;
  const message = `${what} answered ${status}/${substatus ?? 0}`;
  return failureFor({ status, substatus, message, retryAfterMs }, undefined);
}

function failureFor(failure: CosmosFailure, cause: unknown): DocumentRefused | PlatformFault {
  const { status, substatus, retryAfterMs } = failure;
  const message = `Cosmos DB: ${failure.message}`;
  if (status === 400 || status === 413 || (status === 403 && substatus === 1014))
    return new DocumentRefused(message, { cause });
  count("saldo.platform.faults", { service: "cosmos" });
  return new PlatformFault(message, { cause, retryAfterMs });
}

function describe(error: unknown): CosmosFailure {
  const fields = (typeof error === "object" && error !== null ? error : {}) as {
    code?: unknown;
    substatus?: unknown;
    message?: unknown;
    retryAfterInMs?: unknown;
  };
  const number = (value: unknown): number | undefined =>
    typeof value === "number" ? value : undefined;
  const detail = typeof fields.message === "string" ? fields.message.split("\n")[0] : String(error);
  return {
    status: number(fields.code),
    substatus: number(fields.substatus),
    message: `${statusText(fields.code)}: ${detail ?? ""}`.slice(0, 400),
    retryAfterMs: number(fields.retryAfterInMs),
  };
}

function statusText(code: unknown): string {
  return typeof code === "number" || typeof code === "string" ? `${code}` : "no status";
}
