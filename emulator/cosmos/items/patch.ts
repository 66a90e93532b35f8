import { isArray, isObject, type JsonObject, type JsonValue, property } from "../sql/index.ts";
import { charges } from "../charges.ts";
import { limits } from "../limits.ts";
import { badRequest, CosmosError } from "../protocol/errors.ts";
import { asObject } from "../protocol/json-body.ts";
import { etagOf } from "../storage/positions.ts";
import { satisfies } from "../queries/condition.ts";
import {
  checkDocument,
  systemProperties,
  toIncoming,
  withoutSystemProperties,
} from "./incoming-document.ts";
import { checkVersion, findOrRefuse, type ItemResult, type WriteScope } from "./item.ts";
import { replaceDocument } from "./store-document.ts";

/** The body of a PATCH request (documentation: "Partial document update"). */
export type PatchRequest = {
  readonly operations: readonly PatchOperation[];
  /** "from c where ...": the patch applies only to a document for which it holds. */
  readonly condition: string | undefined;
};

type PatchOperation = {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: JsonValue;
};

/** Reads `{operations, condition?}`, or an array that is the operations alone. Throws 400. */
export function parsePatch(body: unknown): PatchRequest {
  const request = Array.isArray(body) ? { operations: body as JsonValue[] } : body;
  const { operations, condition } = asObject(request, "A patch");
  if (!Array.isArray(operations) || operations.length === 0) {
    throw badRequest("A patch must hold operations.");
  }
  if (operations.length > limits.patchOperations) {
    throw badRequest(`A patch has at most ${limits.patchOperations} operations.`);
  }
  if (condition !== undefined && condition !== null && typeof condition !== "string") {
    throw badRequest("The condition of a patch must be a text.");
  }
  return { operations: operations.map(parseOperation), condition: condition ?? undefined };
}

function parseOperation(operation: unknown): PatchOperation {
  const { op, path, from, value } = asObject(operation, "A patch operation");
  if (typeof op !== "string" || typeof path !== "string") {
    throw badRequest("A patch operation must have op and path.");
  }
  if (op === "move" && typeof from !== "string") {
    throw badRequest(`The patch operation move ${path} must say from where.`);
  }
  return {
    op,
    path,
    ...(typeof from === "string" && { from }),
    ...(value !== undefined && { value }),
  };
}

/** Changes parts of a document. Throws 404, 412 (If-Match or condition) and 400. */
export function patch(scope: WriteScope, id: string, request: PatchRequest): ItemResult {
  const old = findOrRefuse(scope, id);
  checkVersion(scope, old);
  const document = JSON.parse(old.body) as JsonObject;
  if (request.condition !== undefined && !satisfies(document, request.condition)) {
    throw new CosmosError(412, "The patch condition does not hold for the document.", {
      charge: charges.read(Buffer.byteLength(old.body)),
    });
  }
  const changed = withoutSystemProperties(document);
  for (const operation of request.operations) apply(changed, operation);
  const incoming = toIncoming(changed);
  const checked = checkDocument(incoming, scope.container, scope.partition);
  if (checked.id !== id) throw badRequest("A patch must not change the id.");
  const stored = replaceDocument(scope, old, incoming, checked);
  return {
    status: 200,
    charge: stored.charge + charges.patchedProperties(request.operations.length),
    etag: etagOf(stored.document.position),
    body: stored.document.body,
  };
}

function apply(document: JsonValue, operation: PatchOperation): void {
  const place = locate(document, operation.path);
  switch (operation.op) {
    case "add":
      place.insert(required(operation));
      return;
    case "set":
      place.put(required(operation));
      return;
    case "replace":
      place.existing();
      place.put(required(operation));
      return;
    case "remove":
      place.remove();
      return;
    case "incr":
    case "increment": {
      // Only what is absent counts as zero; null is a value that is no number.
      const current = place.current();
      place.put(sum(current === undefined ? 0 : current, operation));
      return;
    }
    case "move": {
      const source = locate(document, operation.from ?? "");
      const moved = source.existing();
      source.remove();
      locate(document, operation.path).insert(moved);
      return;
    }
    default:
      throw badRequest(`Unknown patch operation ${operation.op}.`);
  }
}

function sum(current: JsonValue, { path, value }: PatchOperation): number {
  const total = typeof current === "number" && typeof value === "number" ? current + value : NaN;
  if (Number.isFinite(total)) return total;
  throw badRequest(`incr needs two numbers, and a sum that is one, at ${path}.`);
}

function required({ op, path, value }: PatchOperation): JsonValue {
  if (value === undefined) throw badRequest(`The patch operation ${op} ${path} has no value.`);
  return value;
}

/** A place in a document that a JSON pointer names. */
type Place = {
  current(): JsonValue | undefined;
  existing(): JsonValue;
  /** Sets a property, or inserts before an item of an array. */
  insert(value: JsonValue): void;
  /** Sets a property, or overwrites an item of an array. */
  put(value: JsonValue): void;
  remove(): void;
};

/** What no patch may change ("Partial document update", frequently asked questions). */
const fixedProperties = new Set(["id", ...systemProperties]);

function locate(document: JsonValue, pointer: string): Place {
  const names = pointer.split("/").slice(1).map(unescapePointer);
  const [first] = names;
  const last = names.pop();
  if (!pointer.startsWith("/") || last === undefined || last === "") {
    throw badRequest(`A patch path must be a JSON pointer like "/a/b": ${pointer}`);
  }
  if (first !== undefined && fixedProperties.has(first)) {
    throw badRequest(`A patch can not change ${first}.`);
  }
  let parent: JsonValue | undefined = document;
  for (const name of names) {
    parent = property(parent, isArray(parent) ? (arrayIndex(name) ?? null) : name);
  }
  if (isArray(parent)) return itemPlace(parent as JsonValue[], last, pointer);
  if (isObject(parent)) return propertyPlace(parent, last, pointer);
  throw badRequest(`The path ${pointer} leads through something that does not exist.`);
}

const unescapePointer = (name: string): string => name.replaceAll("~1", "/").replaceAll("~0", "~");

/** Decimal digits without leading zeros (RFC 6901, section 4). */
const arrayIndex = (name: string): number | undefined =>
  /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : undefined;

const missing = (pointer: string): CosmosError =>
  badRequest(`There is nothing at the patch path ${pointer}.`);

function propertyPlace(parent: Record<string, JsonValue>, name: string, pointer: string): Place {
  const current = (): JsonValue | undefined => property(parent, name);
  const existing = (): JsonValue => {
    const value = current();
    if (value === undefined) throw missing(pointer);
    return value;
  };
  // An assignment would find the setter of __proto__.
  const put = (value: JsonValue): void => {
    Object.defineProperty(parent, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  };
  return {
    current,
    existing,
    insert: put,
    put,
    remove: () => {
      existing();
      Reflect.deleteProperty(parent, name);
    },
  };
}

function itemPlace(parent: JsonValue[], name: string, pointer: string): Place {
  const index = name === "-" ? parent.length : arrayIndex(name);
  if (index === undefined || index > parent.length) throw missing(pointer);
  const existing = (): JsonValue => {
    const value = parent[index];
    if (value === undefined) throw missing(pointer);
    return value;
  };
  return {
    current: () => parent[index],
    existing,
    insert: (value) => {
      parent.splice(index, 0, value);
    },
    put: (value) => {
      parent[index] = value;
    },
    remove: () => {
      existing();
      parent.splice(index, 1);
    },
  };
}
