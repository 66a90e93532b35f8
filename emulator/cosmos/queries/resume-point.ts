import { badRequest } from "../protocol/errors.ts";
import { documentNumber } from "../resource-ids.ts";
import { hashedKey, type ResumePoint, sortKey } from "../sql/index.ts";

/**
 * Reads the `resumeFilter` of a query's body, by which the .NET client goes on with ORDER BY:
 * `{value: [3], rid: "...", exclude: true}`. Its values are scalars; `[]` stands for undefined, and
 * arrays and objects are known by their hash: `{type: "array", low: 5, high: 7}`. (SqlQueryResumeValue
 * in Azure/azure-cosmos-dotnet-v3.) Throws 400.
 */
export function readResumePoint(body: string): ResumePoint {
  const { resumeFilter } = JSON.parse(body, exactHash) as { resumeFilter: unknown };
  const { value, rid, exclude = false } = (resumeFilter ?? {}) as Record<string, unknown>;
  if (!Array.isArray(value) || value.length === 0) throw malformed("value must be an array");
  if (typeof exclude !== "boolean") throw malformed("exclude must be true or false");
  const keys = value.map(readKey);
  if (rid === undefined || rid === null) return { keys, exclude };
  const document = typeof rid === "string" ? documentNumber(rid) : undefined;
  if (document === undefined) throw malformed("rid must be that of a document");
  return { keys, document, exclude };
}

/** A number would lose the last bits of a hash: they are taken from the text. */
function exactHash(name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if ((name !== "low" && name !== "high") || typeof value !== "number") return value;
  return /^-?\d{1,20}$/.test(context?.source ?? "") ? BigInt(context?.source ?? 0) : value;
}

function readKey(value: unknown): ResumePoint["keys"][number] {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) {
    return sortKey(value as null | string | number | boolean);
  }
  if (Array.isArray(value) && value.length === 0) return sortKey(undefined);
  const { type, low, high } = value as Record<string, unknown>;
  const isHash = typeof low === "bigint" && typeof high === "bigint";
  if (isHash && (type === "array" || type === "object")) return hashedKey(type, low, high);
  throw malformed("its values are scalars, [] or hashes of arrays and objects");
}

const malformed = (why: string): Error => badRequest(`The resumeFilter is malformed: ${why}.`);
