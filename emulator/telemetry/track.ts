import { gunzipSync } from "node:zlib";
import type { Item } from "./items.ts";
import { EnvelopeRefused, readEnvelope } from "./read-envelope.ts";

export type TrackAnswer = {
  readonly status: 200 | 206 | 400;
  readonly body: {
    readonly itemsReceived: number;
    readonly itemsAccepted: number;
    readonly errors: readonly TrackError[];
  };
};

type TrackError = { readonly index: number; readonly statusCode: number; readonly message: string };

/**
 * What a body of `POST /v2.1/track` holds, and the answer to it: 200 for all of it, 206 for a part, 400 for nothing
 * (source: npm:@azure/monitor-opentelemetry-exporter, TrackResponse and its handling of partial success).
 */
export function readTrack(
  body: Buffer,
  encoding: string | undefined,
): { readonly items: readonly Item[]; readonly answer: TrackAnswer } {
  const envelopes = envelopesIn(body, encoding);
  if (envelopes === undefined) return refused(0, [{ ...malformed, index: 0 }]);
  const items: Item[] = [];
  const errors: TrackError[] = [];
  for (const [index, envelope] of envelopes.entries()) {
    try {
      items.push(readEnvelope(envelope));
    } catch (error) {
      if (!(error instanceof EnvelopeRefused)) throw error;
      errors.push({ index, statusCode: 400, message: error.message });
    }
  }
  if (items.length === 0) return refused(envelopes.length, errors);
  const status = errors.length === 0 ? 200 : 206;
  const counts = { itemsReceived: envelopes.length, itemsAccepted: items.length, errors };
  return { items, answer: { status, body: counts } };
}

const malformed = { statusCode: 400, message: "The body is neither JSON nor lines of JSON." };

function refused(
  itemsReceived: number,
  errors: readonly TrackError[],
): { readonly items: readonly Item[]; readonly answer: TrackAnswer } {
  return { items: [], answer: { status: 400, body: { itemsReceived, itemsAccepted: 0, errors } } };
}

/** A JSON array, one envelope, or one a line (newline-separated: older SDKs). */
function envelopesIn(body: Buffer, encoding: string | undefined): readonly unknown[] | undefined {
  try {
    const text = (encoding === "gzip" ? gunzipSync(body, inflated) : body).toString("utf8").trim();
    if (text.startsWith("[")) return JSON.parse(text) as unknown[];
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line): unknown => JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Nobody sends more at once: the exporters stop long before. */
const inflated = { maxOutputLength: 64 * 1_048_576 };
