import type { Container, Item, OperationInput, RequestOptions } from "@azure/cosmos";
import { fromStored, toStored } from "../stored-texts.ts";
import { coalescing, detailsOf, type Execute, type OperationOutcome } from "./coalescing.ts";
import type { Documents, Query, StoredDocument, Write } from "./documents.ts";
import { DocumentRefused, operationFailure, toFailure } from "./failures.ts";

/** The stages' view of one Cosmos container. Texts are stored so that they survive the host's triggers. */
export function documentsIn<D extends StoredDocument>(
  open: () => Promise<Container>,
): Documents<D> {
  const execute = coalescing(open, async (operation) => executeAlone(await open(), operation));
  return {
    ...pointOperations<D>(execute),
    async read(partition, id) {
      const outcome = await (typeof partition === "string"
        ? execute({ operationType: "Read", partitionKey: partition, id })
        : readAlone((await open()).item(id, partition)));
      if (outcome.status === 404) return undefined;
      if (outcome.status >= 300 || outcome.etag === undefined)
        throw operationFailure(outcome, "Read");
      return { document: fromStored(outcome.body as D), etag: outcome.etag };
    },
    async remove(partition, id, etag) {
      // Conditional deletes go by themselves: the SDK's bulk operations have no etag for them.
      const outcome = await (etag === undefined && typeof partition === "string"
        ? execute({ operationType: "Delete", partitionKey: partition, id })
        : removeAlone((await open()).item(id, partition), etag));
      if (outcome.status < 300) return true;
      if (outcome.status === 404 || outcome.status === 412) return false;
      throw operationFailure(outcome, "Delete");
    },
    transact: async (partition, writes) => transact(await open(), partition, writes),
    async query<Result>({ text, parameters = {}, partition }: Query) {
      const entries = Object.entries(parameters);
      const query = {
        query: text,
        parameters: entries.map(([name, value]) => ({ name: `@${name}`, value: value as string })),
      };
      const options = partition === undefined ? {} : { partitionKey: partition };
      try {
        const { items } = await open();
        return (await items.query<Result>(query, options).fetchAll()).resources.map(fromStored);
      } catch (error) {
        const failure = toFailure(error);
        throw failure instanceof DocumentRefused
          ? new Error(`${text}: ${failure.message}`)
          : failure;
      }
    },
  };
}

function pointOperations<D extends StoredDocument>(
  execute: Execute,
): Pick<Documents<D>, "create" | "replace" | "upsert"> {
  const unless = async (
    refusal: readonly number[],
    operation: OperationInput,
  ): Promise<OperationOutcome | undefined> => {
    const outcome = await execute(operation);
    if (outcome.status < 300) return outcome;
    if (refusal.includes(outcome.status)) return undefined;
    throw operationFailure(outcome, operation.operationType);
  };

  return {
    async create(partitionKey, document) {
      const operation = { operationType: "Create", partitionKey } as const;
      return (await unless([409], { ...operation, resourceBody: toStored(document) }))?.etag;
    },
    async replace(partitionKey, document, ifMatch) {
      const { id } = document;
      const operation = { operationType: "Replace", partitionKey, id, ifMatch } as const;
      const resourceBody = toStored(document);
      return (await unless([404, 412], { ...operation, resourceBody }))?.etag;
    },
    async upsert(partitionKey, document) {
      const operation = { operationType: "Upsert", partitionKey } as const;
      await unless([], { ...operation, resourceBody: toStored(document) });
    },
  };
}

function readAlone(item: Item): Promise<OperationOutcome> {
  return refusalsAsStatus(async () => {
    const { statusCode, etag, resource } = await item.read<object>();
    return { status: statusCode, etag, body: resource };
  });
}

function removeAlone(item: Item, etag: string | undefined): Promise<OperationOutcome> {
  return refusalsAsStatus(async () => {
    const response = await item.delete(ifMatch(etag));
    return { status: response.statusCode, etag: undefined, body: undefined };
  });
}

/** The SDK does not throw when a batch fails: the answer is 207, and the guilty write has its own status. */
async function transact<D extends StoredDocument>(
  container: Container,
  partition: string,
  writes: readonly Write<D>[],
): Promise<boolean> {
  try {
    const { code, result = [] } = await container.items.batch(writes.map(toOperation), partition);
    if (code !== undefined && code < 300 && code !== 207) return true;
    const guilty = result.find(({ statusCode }) => statusCode >= 400 && statusCode !== 424);
    if (guilty !== undefined && unmetExpectations.includes(guilty.statusCode)) return false;
    throw operationFailure({ status: guilty?.statusCode ?? 500, ...detailsOf(guilty) }, "Batch");
  } catch (error) {
    throw toFailure(error);
  }
}

/** The id is taken, what to increment is missing, or its condition does not hold. */
const unmetExpectations = [409, 404, 412];

function toOperation<D extends StoredDocument>(write: Write<D>): OperationInput {
  if (write.kind !== "increment") {
    const operationType = write.kind === "create" ? "Create" : "Upsert";
    return { operationType, resourceBody: toStored(write.document) };
  }
  const { id, by, from = {} } = write;
  const operations = Object.entries(by).map(
    ([name, value]) => ({ op: "incr", path: `/${name}`, value }) as const,
  );
  const conditions = Object.entries(from).map(([name, value]) => `c["${name}"] = ${value}`);
  const condition = `FROM c WHERE ${conditions.join(" AND ")}`;
  const resourceBody = { operations, ...(conditions.length > 0 && { condition }) };
  return { operationType: "Patch", id, resourceBody };
}

/** One point operation by itself. */
async function executeAlone(
  container: Container,
  operation: OperationInput,
): Promise<OperationOutcome> {
  const partition = operation.partitionKey ?? "";
  return refusalsAsStatus(async () => {
    switch (operation.operationType) {
      case "Create": {
        const response = await container.items.create(operation.resourceBody);
        return { status: response.statusCode, etag: response.etag, body: undefined };
      }
      case "Upsert": {
        const response = await container.items.upsert(operation.resourceBody);
        return { status: response.statusCode, etag: response.etag, body: undefined };
      }
      case "Read":
        return readAlone(container.item(operation.id, partition));
      case "Replace": {
        const item = container.item(operation.id, partition);
        const response = await item.replace(operation.resourceBody, ifMatch(operation.ifMatch));
        return { status: response.statusCode, etag: response.etag, body: undefined };
      }
      case "Delete":
        return removeAlone(container.item(operation.id, partition), undefined);
      case "Patch":
        throw new Error("Patch is not among the operations the stages use.");
    }
  });
}

/** Refusals that callers expect come back as statuses, like those inside a bulk answer; the rest is thrown. */
async function refusalsAsStatus(act: () => Promise<OperationOutcome>): Promise<OperationOutcome> {
  try {
    return await act();
  } catch (error) {
    const status = (error as { code?: unknown }).code;
    if (status === 404 || status === 409 || status === 412)
      return { status, etag: undefined, body: undefined };
    throw toFailure(error);
  }
}

function ifMatch(etag: string | undefined): RequestOptions {
  return etag === undefined ? {} : { accessCondition: { type: "IfMatch", condition: etag } };
}
