import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import type { JsonObject } from "../sql/index.ts";
import { toIncoming } from "../items/incoming-document.ts";
import type { ItemResult } from "../items/item.ts";
import { parsePatch } from "../items/patch.ts";
import { faultTarget, type ItemOperation, perform } from "../items/perform.ts";
import { formatCharge } from "../charges.ts";
import type { Container } from "../container.ts";
import type { FaultEffect } from "../faults.ts";
import { limits } from "../limits.ts";
import { type LogicalPartition } from "../partitioning/partition-ranges.ts";
import { type Account, DroppedReply, faultError } from "./account.ts";
import { badRequest, CosmosError, substatus } from "./errors.ts";
import { itemScope, positions, prefersMinimal } from "./item-requests.ts";
import { asObject, parseJson } from "./json-body.ts";
import { respond } from "./responses.ts";

/** An element of the body of a batch or bulk request. */
type BatchEntry = {
  readonly operation: ItemOperation;
  /** If-Match and If-None-Match, under the names they have as headers. */
  readonly conditions: Readonly<Record<string, string>>;
  readonly partitionKey: string | undefined;
  /** Whether it wants no document back from what it writes, as Prefer says for all operations. */
  readonly prefersMinimal: boolean;
};

type Outcome = ItemResult | CosmosError;

/** Answers a transactional batch, or the part of a bulk that belongs to one range. */
export async function handleBatch(
  account: Account,
  link: string,
  request: WireRequest,
): Promise<WireResponse> {
  const entries = parseEntries(request.body);
  const effects = account.faults.isActive() ? takeFaults(account, link, request, entries) : [];
  const delayMs = effects.reduce((sum, e) => sum + (e?.kind === "delay" ? e.ms : 0), 0);
  if (delayMs > 0) await account.clock.sleep(delayMs);
  const isAtomic = request.headers["x-ms-cosmos-batch-atomic"]?.toLowerCase() === "true";
  const run = isAtomic ? runAtomic : runBulk;
  const response = await run({ account, link, request, entries, effects });
  if (effects.some((effect) => effect?.kind === "drop_reply")) {
    throw new DroppedReply("A fault rule dropped the reply.");
  }
  return response;
}

function takeFaults(
  { faults }: Account,
  link: string,
  { headers }: WireRequest,
  entries: readonly BatchEntry[],
): readonly (FaultEffect | undefined)[] {
  return entries.map(({ operation, partitionKey }) => {
    const header = partitionKey ?? headers["x-ms-documentdb-partitionkey"] ?? "[]";
    const key = parseJson(header) as readonly unknown[];
    return faults.take(faultTarget(operation, link, key));
  });
}

type BatchRun = {
  readonly account: Account;
  readonly link: string;
  readonly request: WireRequest;
  readonly entries: readonly BatchEntry[];
  readonly effects: readonly (FaultEffect | undefined)[];
};

/** Undoes the transaction of an atomic batch and carries what its operations came to. */
class BatchFailed extends Error {
  override readonly name = "BatchFailed";
  readonly response: WireResponse;

  constructor(response: WireResponse) {
    super("an operation of the batch was refused");
    this.response = response;
  }
}

/** All or nothing: after the first refusal every other operation answers 424. */
async function runAtomic(batch: BatchRun): Promise<WireResponse> {
  const { account, link, request, entries, effects } = batch;
  const header = request.headers["x-ms-documentdb-partitionkey"];
  if (header === undefined) throw badRequest("A batch must name its partition key.");
  const work = (): WireResponse => {
    const container = account.container(link);
    const partition = container.partitioning.partition(header);
    checkSamePartition(entries, container, partition);
    const nextPosition = positions(account, container, partition);
    const outcomes: Outcome[] = [];
    account.throttle.admit(container, [partition.range], account.clock.now());
    for (const [index, { operation, conditions }] of entries.entries()) {
      const item = itemScope(container, partition, account.clock.now(), conditions);
      const scope = { ...item, nextPosition };
      const outcome = attempt(effects[index], () => perform(scope, operation));
      outcomes.push(outcome);
      if (outcome instanceof CosmosError) break;
    }
    const failed = outcomes.at(-1) instanceof CosmosError ? outcomes.length - 1 : undefined;
    const all =
      failed === undefined
        ? outcomes
        : entries.map((_, i) => (i === failed ? (outcomes[i] ?? dependency) : dependency));
    const response = toResponse(batch, container, partition.range, all);
    const charge = outcomes.reduce((sum, outcome) => sum + chargeOf(outcome), 0);
    account.throttle.spend(container, [partition.range], charge);
    if (failed !== undefined) throw new BatchFailed(response);
    return response;
  };
  try {
    return await account.store.transactions.run(work);
  } catch (error) {
    if (error instanceof BatchFailed) return error.response;
    throw error;
  }
}

/** Each operation stands alone, as if it had come by itself. */
function runBulk(batch: BatchRun): Promise<WireResponse> {
  const { account, link, request, entries, effects } = batch;
  const rangeId = request.headers["x-ms-documentdb-partitionkeyrangeid"] ?? "";
  const continues =
    request.headers["x-ms-cosmos-batch-continue-on-error"]?.toLowerCase() !== "false";
  return account.store.transactions.run(() => {
    const container = account.container(link);
    const range = container.partitioning.range(rangeId);
    let stopped = false;
    const outcomes = entries.map(({ operation, conditions, partitionKey }, index) => {
      if (stopped) return dependency;
      const outcome = attempt(effects[index], () => {
        const partition = container.partitioning.partition(partitionKey ?? "null");
        if (partition.range !== range) throw wrongRange(rangeId);
        const item = itemScope(container, partition, account.clock.now(), conditions);
        const scope = { ...item, nextPosition: positions(account, container, partition) };
        return account.metered(container, [range], () => perform(scope, operation));
      });
      stopped = outcome instanceof CosmosError && !continues;
      return outcome;
    });
    return toResponse(batch, container, range, outcomes);
  });
}

function attempt(effect: FaultEffect | undefined, operation: () => ItemResult): Outcome {
  if (effect?.kind === "status") return faultError(effect);
  try {
    return operation();
  } catch (error) {
    if (error instanceof CosmosError) return error;
    throw error;
  }
}

const dependency = new CosmosError(424, "Another operation of the batch was refused.");

const wrongRange = (id: string): CosmosError =>
  new CosmosError(410, `The partition key does not belong to the range ${id}.`, {
    substatus: substatus.partitionKeyRangeGone,
  });

function checkSamePartition(
  entries: readonly BatchEntry[],
  container: Container,
  partition: LogicalPartition,
): void {
  for (const { partitionKey } of entries) {
    if (partitionKey === undefined) continue;
    if (container.partitioning.partition(partitionKey).identity === partition.identity) continue;
    throw badRequest(
      "One or more operations within the batch request have a different partition key value " +
        "than the request.",
    );
  }
}

const chargeOf = (outcome: Outcome): number =>
  outcome instanceof CosmosError ? (outcome.details.charge ?? 0) : outcome.charge;

function toResponse(
  { request, entries }: BatchRun,
  container: Container,
  range: LogicalPartition["range"],
  outcomes: readonly Outcome[],
): WireResponse {
  const texts = outcomes.map((outcome, index) => {
    const entry = entries[index];
    const isRead = entry?.operation.kind === "read";
    const hasBody = isRead || !(prefersMinimal(request) || entry?.prefersMinimal === true);
    return outcomeText(outcome, hasBody);
  });
  const failed = outcomes.some((outcome) => outcome instanceof CosmosError);
  const charge = outcomes.reduce((sum, outcome) => sum + chargeOf(outcome), 0);
  const body = `[${texts.join(",")}]`;
  return respond({ status: failed ? 207 : 200, body, charge, container, ranges: [range] });
}

function outcomeText(outcome: Outcome, hasBody: boolean): string {
  const charge = formatCharge(chargeOf(outcome));
  if (outcome instanceof CosmosError) {
    const { substatus: sub, retryAfterMs } = outcome.details;
    return JSON.stringify({
      statusCode: outcome.status,
      ...(sub !== undefined && { subStatusCode: sub }),
      requestCharge: Number(charge),
      ...(retryAfterMs !== undefined && { retryAfterMilliseconds: retryAfterMs }),
    });
  }
  const { status, etag, body } = outcome;
  const etagText = etag === undefined ? "" : `,"eTag":${JSON.stringify(etag)}`;
  const bodyText = body === "" || !hasBody ? "" : `,"resourceBody":${body}`;
  return `{"statusCode":${status},"requestCharge":${charge}${etagText}${bodyText}}`;
}

function parseEntries(body: string): readonly BatchEntry[] {
  const parsed = parseJson(body);
  if (!Array.isArray(parsed) || parsed.length === 0) {
    throw badRequest("A batch must be an array of operations.");
  }
  if (parsed.length > limits.batchOperations) {
    throw badRequest(`A batch has at most ${limits.batchOperations} operations.`);
  }
  return parsed.map((item: unknown) => {
    const entry = asObject(item, "A batch operation");
    const { ifMatch, ifNoneMatch, partitionKey, minimalReturnPreference } = entry;
    return {
      operation: parseOperation(entry),
      conditions: {
        ...(typeof ifMatch === "string" && { "if-match": ifMatch }),
        ...(typeof ifNoneMatch === "string" && { "if-none-match": ifNoneMatch }),
      },
      partitionKey: typeof partitionKey === "string" ? partitionKey : undefined,
      prefersMinimal: minimalReturnPreference === true,
    };
  });
}

function parseOperation({ operationType, id, resourceBody }: JsonObject): ItemOperation {
  if (operationType === "Create") return { kind: "create", document: toIncoming(resourceBody) };
  if (operationType === "Upsert") return { kind: "upsert", document: toIncoming(resourceBody) };
  if (typeof id !== "string") throw badRequest("A batch operation has no id.");
  switch (operationType) {
    case "Read":
      return { kind: "read", id };
    case "Delete":
      return { kind: "delete", id };
    case "Replace":
      return { kind: "replace", id, document: toIncoming(resourceBody) };
    case "Patch":
      return { kind: "patch", id, patch: parsePatch(resourceBody) };
    default:
      throw badRequest(`Unknown batch operation ${JSON.stringify(operationType)}.`);
  }
}
