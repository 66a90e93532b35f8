import { randomUUID } from "node:crypto";
import type { WireResponse } from "../../shared/wire.ts";
import { formatCharge } from "../charges.ts";
import type { Container } from "../container.ts";
import type { PartitionRange } from "../partitioning/partition-ranges.ts";
import { type CosmosError, errorBody } from "./errors.ts";

/** An answer before it is put into headers. */
export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly charge: number;
  readonly container?: Container;
  /** The ranges that answered: the session token tells how far they have come. */
  readonly ranges?: readonly PartitionRange[];
  readonly etag?: string | undefined;
  readonly itemCount?: number;
  readonly continuation?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

const contentType = { "content-type": "application/json" };

export function respond(answer: Answer): WireResponse {
  const { status, body, charge, container, ranges = [], etag, itemCount, continuation } = answer;
  const headers: Record<string, string> = {
    ...(container?.headers ?? contentType),
    "x-ms-activity-id": randomUUID(),
    "x-ms-request-charge": formatCharge(charge),
    ...answer.headers,
  };
  if (etag !== undefined) headers["etag"] = etag;
  const [range, ...others] = ranges;
  if (range !== undefined) {
    headers["x-ms-session-token"] = ranges.map(({ id, lsn }) => `${id}:-1#${lsn}`).join(",");
    if (others.length === 0) {
      headers["x-ms-documentdb-partitionkeyrangeid"] = range.id;
      headers["lsn"] = String(range.lsn);
    }
  }
  if (itemCount !== undefined) headers["x-ms-item-count"] = String(itemCount);
  if (continuation !== undefined) headers["x-ms-continuation"] = continuation;
  return { status, headers, body };
}

export function respondError(error: CosmosError): WireResponse {
  const { substatus, retryAfterMs, charge = 0 } = error.details;
  const headers: Record<string, string> = { "x-ms-substatus": String(substatus ?? 0) };
  if (retryAfterMs !== undefined) headers["x-ms-retry-after-ms"] = String(retryAfterMs);
  return respond({ status: error.status, body: errorBody(error), charge, headers });
}

/** The body of a feed: resources that are JSON texts already are joined without parsing them. */
export function feedBody(rid: string, name: string, texts: readonly string[]): string {
  return `{"_rid":"${rid}","${name}":[${texts.join(",")}],"_count":${texts.length}}`;
}
