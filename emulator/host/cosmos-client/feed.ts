import type { WireResponse } from "../../shared/wire.ts";
import { parseJsonObject } from "../../shared/json.ts";
import { CosmosError, toPath, type Call, type Send } from "./rest.ts";

export type FeedRequest = {
  /** Id of a partition key range. */
  readonly rangeId: string;
  readonly position: FeedPosition;
  /** Documents of one transaction stay together, so a page may hold more. */
  readonly maxItemCount: number;
};

export type FeedPosition =
  | { readonly from: "beginning" }
  | { readonly from: "now" }
  | { readonly from: "time"; readonly time: Date }
  | { readonly from: "continuation"; readonly etag: string };

export type FeedPage =
  | {
      readonly kind: "documents";
      /** A JSON array. */
      readonly documents: string;
      /** Position after them. */
      readonly etag: string;
    }
  /** Nothing of this range on the page, but there may be on the next. */
  | { readonly kind: "empty"; readonly etag: string }
  | { readonly kind: "drained"; readonly etag: string | undefined }
  /** The partition was split or merged: read the ranges again. */
  | { readonly kind: "gone" };

export async function readFeed(send: Send, link: string, request: FeedRequest): Promise<FeedPage> {
  const call: Call = {
    method: "GET",
    resourceType: "docs",
    link,
    path: `${toPath(link)}/docs`,
    headers: {
      "a-im": "Incremental Feed",
      "x-ms-max-item-count": String(request.maxItemCount),
      "x-ms-documentdb-partitionkeyrangeid": request.rangeId,
      ...positionHeaders(request.position),
    },
  };
  let response: WireResponse;
  try {
    response = await send(call);
  } catch (error) {
    if (error instanceof CosmosError && error.status === 410) return { kind: "gone" };
    throw error;
  }
  const etag = response.headers["etag"];
  if (response.status === 304) return { kind: "drained", etag };
  if (etag === undefined) throw new Error("The change feed answered without an etag.");
  const documents = documentsText(response.body);
  return documents === "[]" ? { kind: "empty", etag } : { kind: "documents", documents, etag };
}

/**
 * The array under "Documents" as it came: the function gets it as text, so parsing it here would be
 * work for nothing. The envelope is `{"_rid":…,"Documents":[…],"_count":n}`; any other is parsed.
 */
function documentsText(body: string): string {
  const opening = '"Documents":';
  const start = body.indexOf(opening) + opening.length;
  const end = body.lastIndexOf("]") + 1;
  const isEnvelope =
    /^\{("_rid":"[^"]*",)?"Documents":$/.test(body.slice(0, start)) &&
    /^,"_count":\d+\}$/.test(body.slice(end));
  if (isEnvelope) return body.slice(start, end);
  return JSON.stringify(parseJsonObject(body, "The change feed's page")["Documents"] ?? []);
}

function positionHeaders(position: FeedPosition): Record<string, string> {
  switch (position.from) {
    case "beginning":
      return {};
    case "now":
      return { "if-none-match": "*" };
    case "time":
      return { "if-modified-since": position.time.toUTCString() };
    case "continuation":
      return { "if-none-match": position.etag };
  }
}
