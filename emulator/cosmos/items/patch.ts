import type { JsonObject, JsonValue } from "../sql/index.ts";
import { charges } from "../charges.ts";
import { limits } from "../limits.ts";
import { badRequest, CosmosError } from "../protocol/errors.ts";
import { etagOf } from "../storage/positions.ts";
import { satisfies } from "../queries/condition.ts";
import { checkDocument, toIncoming, withoutSystemProperties } from "./incoming-document.ts";
import { checkIfMatch, findOrRefuse, type ItemResult, type WriteScope } from "./item.ts";
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
  const { operations, condition } = (Array.isArray(body) ? { operations: body } : body) as {
    operations?: unknown;
    condition?: unknown;
  };
  if (!Array.isArray(operations) || operations.length === 0) {
    throw badRequest("A patch must hold operations.");
  }
  if (operations.length > limits.patchOperations) {
    throw badRequest(`A patch has at most ${limits.patchOperations} operations.`);
  }
  const parsed = operations.map((operation: PatchOperation) => {
    if (typeof operation.op !== "string" || typeof operation.path !== "string") {
      throw badRequest("A patch operation must have op and path.");
    }
    return operation;
  });
  return { operations: parsed, condition: typeof condition === "string" ? condition : undefined };
}

/** Changes parts of a document. Throws 404, 412 (If-Match or condition) and 400. */
export function patch(scope: WriteScope, id: string, request: PatchRequest): ItemResult {
  const old = findOrRefuse(scope, id);
  checkIfMatch(scope, old);
  const document = JSON.parse(old.body) as JsonObject;
  if (request.condition !== undefined && !satisfies(document, request.condition)) {
    throw new CosmosError(412, "The patch condition does not hold for the document.", {
      charge: charges.read(Buffer.byteLength(old.body)),
    });
  }
  const changed = structuredClone(withoutSystemProperties(document)) as JsonValue;
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
      const current = place.current() ?? 0;
      const amount = operation.value;
      if (typeof current !== "number" || typeof amount !== "number") {
        throw badRequest(`incr needs numbers at ${operation.path}.`);
      }
      place.put(current + amount);
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

function locate(document: JsonValue, pointer: string): Place {
  const names = pointer.split("/").slice(1).map(unescapePointer);
  const last = names.pop();
  if (!pointer.startsWith("/") || last === undefined || last === "") {
    throw badRequest(`A patch path must be a JSON pointer like "/a/b": ${pointer}`);
  }
  let parent: unknown = document;
  for (const name of names) {
    if (typeof parent !== "object" || parent === null) break;
    parent = Array.isArray(parent)
      ? (parent as unknown[])[Number(name)]
      : (parent as Record<string, unknown>)[name];
  }
  if (typeof parent !== "object" || parent === null) {
    throw badRequest(`The path ${pointer} leads through something that does not exist.`);
  }
  return Array.isArray(parent)
    ? itemPlace(parent as JsonValue[], last, pointer)
    : propertyPlace(parent as Record<string, JsonValue>, last, pointer);
}

const unescapePointer = (name: string): string => name.replaceAll("~1", "/").replaceAll("~0", "~");

const missing = (pointer: string): CosmosError =>
  badRequest(`There is nothing at the patch path ${pointer}.`);

function propertyPlace(parent: Record<string, JsonValue>, name: string, pointer: string): Place {
  const existing = (): JsonValue => {
    const value = parent[name];
    if (value === undefined) throw missing(pointer);
    return value;
  };
  const put = (value: JsonValue): void => {
    Object.defineProperty(parent, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  };
  return {
    current: () => parent[name],
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
  const index = name === "-" ? parent.length : Number(name);
  if (!Number.isInteger(index) || index < 0 || index > parent.length) throw missing(pointer);
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
