import type { AdjustableClock } from "../../shared/clock.ts";
import type { Container } from "../container.ts";
import type { FaultEffect, Faults, FaultTarget } from "../faults.ts";
import type { PartitionRange } from "../partitioning/partition-ranges.ts";
import type { QueryRunner } from "../queries/answer-query.ts";
import type { Store } from "../storage/store.ts";
import type { Throttle } from "../throttling.ts";
import { CosmosError, ownerNotFound } from "./errors.ts";

/** What the request handlers share. */
export type Account = {
  readonly store: Store;
  readonly clock: AdjustableClock;
  readonly faults: Faults;
  readonly throttle: Throttle;
  readonly queries: QueryRunner;
  /** Ranges of a new container. */
  readonly partitionCount: number;
  /** The container of an item request; throws 404 with sub-status 1003. */
  container(link: string): Container;
  /** Runs one operation against the throughput of its ranges. Throws 429. */
  metered<T extends { readonly charge: number }>(
    container: Container,
    ranges: readonly PartitionRange[],
    operation: () => T,
  ): T;
  /** Does what the first fault rule for the target asks for, around the operation. */
  withFaults<T>(target: FaultTarget, operation: () => Promise<T>): Promise<T>;
};

/** The operation was done, but its answer must not reach the client. */
export class DroppedReply extends Error {
  override readonly name = "DroppedReply";
}

type Parts = Omit<Account, "container" | "metered" | "withFaults">;

export function createAccount(parts: Parts): Account {
  const { store, clock, faults, throttle } = parts;
  return {
    ...parts,
    container: (link) => {
      const container = store.resources.container(link);
      if (container === undefined) throw ownerNotFound(link);
      return container;
    },
    metered: (container, ranges, operation) => {
      throttle.admit(container, ranges, clock.now());
      try {
        const result = operation();
        throttle.spend(container, ranges, result.charge);
        return result;
      } catch (error) {
        if (error instanceof CosmosError) {
          throttle.spend(container, ranges, error.details.charge ?? 0);
        }
        throw error;
      }
    },
    withFaults: async (target, operation) => {
      const effect = faults.take(target);
      if (effect === undefined) return operation();
      if (effect.kind === "status") throw faultError(effect);
      if (effect.kind === "delay") await clock.sleep(effect.ms);
      const result = await operation();
      if (effect.kind === "drop_reply") throw new DroppedReply("A fault rule dropped the reply.");
      return result;
    },
  };
}

export function faultError(effect: Extract<FaultEffect, { kind: "status" }>): CosmosError {
  const { status, substatus, retryAfterMs } = effect;
  return new CosmosError(status, "A fault rule asked for this answer.", {
    ...(substatus !== undefined && { substatus }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
