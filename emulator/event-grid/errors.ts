import type { WireResponse } from "../shared/wire.ts";

/** Names of the statuses as the service spells them in `error.code`. */
const codes: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  503: "ServiceUnavailable",
};

/** A request the service refuses, in the words of the service. */
export class EventGridError extends Error {
  override readonly name = "EventGridError";
  readonly status: number;
  /** What exactly was wrong, e.g. `InputJsonInvalid`. */
  readonly detail: string;

  constructor(status: number, message: string, detail = codes[status] ?? "InternalServerError") {
    super(message);
    this.status = status;
    this.detail = detail;
  }
}

/** The documented body of an error (documentation: "Publish events to custom topics", responses). */
export function respondError({ status, message, detail }: EventGridError): WireResponse {
  const code = codes[status] ?? "InternalServerError";
  const error = { code, message, details: [{ code: detail, message }] };
  return respondJson(status, { error });
}

export function respondJson(status: number, body: unknown): WireResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify(body),
  };
}
