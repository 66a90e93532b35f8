import type { JsonObject, JsonValue } from "../sql/index.ts";
import type { Container } from "../container.ts";
import { validTtl } from "../container-definition.ts";
import { limits } from "../limits.ts";
import {
  extractPartitionKey,
  formatPartitionKey,
  samePartitionKey,
} from "../partitioning/partition-key.ts";
import type { LogicalPartition } from "../partitioning/partition-ranges.ts";
import { badRequest, substatus } from "../protocol/errors.ts";
import { asObject, checkDepth, parseJsonObject } from "../protocol/json-body.ts";
import type { IncomingDocument } from "./item.ts";

/** Made by the server; what a client sends under these names is ignored. */
export const systemProperties = ["_rid", "_self", "_etag", "_attachments", "_ts"] as const;

/** Reads the body of a create, replace or upsert. Throws 400 if it is not a JSON object. */
export function parseDocument(text: string): IncomingDocument {
  const value = parseJsonObject(text, "A document");
  return hasSystemProperties(value) ? toIncoming(value) : { value, text: text.trim() };
}

/** The same for a document that is part of a larger body and therefore parsed already. */
export function toIncoming(value: unknown): IncomingDocument {
  const document = asObject(value, "A document");
  const own = hasSystemProperties(document) ? withoutSystemProperties(document) : document;
  return { value: own, text: JSON.stringify(own) };
}

const hasSystemProperties = (value: JsonObject): boolean =>
  systemProperties.some((name) => Object.hasOwn(value, name));

export function withoutSystemProperties(value: JsonObject): JsonObject {
  const own: Record<string, JsonValue> = { ...value };
  for (const name of systemProperties) Reflect.deleteProperty(own, name);
  return own;
}

export type CheckedDocument = { readonly id: string; readonly ttl: number | null };

/** Checks id, partition key, time to live and depth; gives what is stored beside the text. */
export function checkDocument(
  { value }: IncomingDocument,
  container: Container,
  partition: LogicalPartition,
): CheckedDocument {
  const id = validDocumentId(value["id"]);
  const key = extractPartitionKey(value, container.partitionKeyPaths);
  if (!samePartitionKey(key, partition.key)) {
    throw badRequest(
      "PartitionKey extracted from document doesn't match the one specified in the header: " +
        `${formatPartitionKey(key)} and ${formatPartitionKey(partition.key)}`,
      { substatus: substatus.partitionKeyMismatch },
    );
  }
  checkDepth(value, limits.nestingDepth);
  const { ttl } = value;
  return { id, ttl: ttl === undefined || ttl === null ? null : validTtl(ttl, "ttl") };
}

function validDocumentId(id: JsonValue | undefined): string {
  if (typeof id !== "string" || id === "") {
    throw badRequest("The input content is invalid because the required property 'id' is missing.");
  }
  // No character takes more than three bytes a UTF-16 unit, so short ids need no counting.
  if (id.length * 3 > limits.documentIdBytes && Buffer.byteLength(id) > limits.documentIdBytes) {
    throw badRequest(`id is longer than ${limits.documentIdBytes} bytes.`);
  }
  if (!id.isWellFormed()) throw badRequest("id must be well-formed Unicode.");
  if (/[/\\]/.test(id)) throw badRequest(`id must not contain "/" or "\\": ${id}`);
  return id;
}
