/**
 * Point operations of one turn of the event loop travel together: many concurrent requests, one round trip for each
 * physical partition (the SDK's bulk request). A lone operation goes as itself. Each operation keeps its own outcome,
 * so callers notice nothing but the speed; request units are the same (docs/adr/0005).
 */
import type { Container, OperationInput } from "@azure/cosmos";
import { toFailure } from "./failures.ts";

export type OperationOutcome = {
  readonly status: number;
  /** Of a refusal. */
  readonly substatus?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly etag: string | undefined;
  readonly body: unknown;
};

type Waiting = {
  readonly operation: OperationInput;
  readonly resolve: (outcome: OperationOutcome) => void;
  readonly reject: (error: Error) => void;
};

/** The service takes at most 100 operations in one bulk request. */
const maxBatchSize = 100;

export type Execute = (operation: OperationInput) => Promise<OperationOutcome>;

export function coalescing(open: () => Promise<Container>, alone: Execute): Execute {
  let waiting: Waiting[] = [];

  const flush = (): void => {
    const due = waiting;
    waiting = [];
    for (let start = 0; start < due.length; start += maxBatchSize)
      void together(due.slice(start, start + maxBatchSize));
  };

  /** Never rejects: every failure goes to the callers it belongs to. */
  const together = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) {
        only.resolve(await alone(only.operation));
        return;
      }
      const { items } = await open();
      const operations = batch.map(({ operation }) => operation);
      // Its successor executeBulkOperations waits up to a second for more operations before it sends any.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      const outcomes = await items.bulk(operations, { continueOnError: true });
      for (const [index, { resolve }] of batch.entries()) {
        const outcome = outcomes[index];
        resolve({
          status: outcome?.statusCode ?? 500,
          ...detailsOf(outcome),
          etag: outcome?.eTag,
          body: outcome?.resourceBody,
        });
      }
    } catch (error) {
      const failure = toFailure(error);
      for (const { reject } of batch) reject(failure);
    }
  };

  return (operation) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ operation, resolve, reject });
    });
}

/** The SDK's type leaves out what the service says about a refused operation; its answer has it. */
export function detailsOf(
  outcome: object | undefined,
): Pick<OperationOutcome, "substatus" | "retryAfterMs"> {
  const { subStatusCode, retryAfterMilliseconds } = (outcome ?? {}) as {
    subStatusCode?: number;
    retryAfterMilliseconds?: number;
  };
  return { substatus: subStatusCode, retryAfterMs: retryAfterMilliseconds };
}
