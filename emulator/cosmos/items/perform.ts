import type { FaultTarget } from "../faults.ts";
import { create } from "./create.ts";
import type { IncomingDocument, ItemResult, WriteScope } from "./item.ts";
import { patch, type PatchRequest } from "./patch.ts";
import { read } from "./read.ts";
import { remove } from "./remove.ts";
import { replace } from "./replace.ts";
import { upsert } from "./upsert.ts";

/** One operation on one item, from a request of its own or from within a batch. */
export type ItemOperation =
  | { readonly kind: "create"; readonly document: IncomingDocument }
  | { readonly kind: "upsert"; readonly document: IncomingDocument }
  | { readonly kind: "replace"; readonly id: string; readonly document: IncomingDocument }
  | { readonly kind: "patch"; readonly id: string; readonly patch: PatchRequest }
  | { readonly kind: "read"; readonly id: string }
  | { readonly kind: "delete"; readonly id: string };

/** Performs the operation inside the open transaction. Throws CosmosError if it is refused. */
export function perform(scope: WriteScope, operation: ItemOperation): ItemResult {
  switch (operation.kind) {
    case "create":
      return create(scope, operation.document);
    case "upsert":
      return upsert(scope, operation.document);
    case "replace":
      return replace(scope, operation.id, operation.document);
    case "patch":
      return patch(scope, operation.id, operation.patch);
    case "read":
      return read(scope, operation.id);
    case "delete":
      return remove(scope, operation.id);
  }
}

/** The operation as fault rules see it. */
export function faultTarget(
  operation: ItemOperation,
  container: string,
  partitionKey: readonly unknown[],
): FaultTarget {
  const id = "id" in operation ? operation.id : operation.document.value["id"];
  const documentId = typeof id === "string" ? id : undefined;
  return { operation: operation.kind, container, partitionKey, documentId };
}
