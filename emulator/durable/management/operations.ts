import { randomUUID } from "node:crypto";
import type { HubServices } from "../hub-services.ts";
import { describeHistory } from "../engine/history.ts";
import {
  isFinished,
  type InstanceRecord,
  type Message,
  type RuntimeStatus,
} from "../engine/instance.ts";
import { missingFunction } from "../engine/failures.ts";
import { startInstance } from "../save-turn.ts";
import type { Store } from "../storage/store.ts";
import type { InstanceFilter } from "../storage/instances.ts";

/** What a client may do with a task hub. Everything is durable when it resolves. */
export type Operations = {
  start(order: StartOrder): Promise<StartAnswer>;
  /** Starts an instance again, with its name and input; undefined when there is none. */
  restart(id: string, isNewId: boolean): Promise<StartAnswer | undefined>;
  find(id: string): InstanceRecord | undefined;
  /** Events of the current execution, as clients see them. */
  describeHistory(instance: InstanceRecord, showOutput: boolean): readonly object[];
  list(filter: InstanceFilter, after: number, limit: number): readonly InstanceRecord[];
  send(id: string, message: Message): Promise<"sent" | "unknown" | "finished">;
  /** Deletes a finished instance. */
  purge(id: string): Promise<PurgeAnswer>;
  /**
   * Deletes all that were created in a period, and gives how many. Only the statuses of ended
   * instances narrow it: without any of them running instances go too, as in Azure (source:
   * Azure/durabletask, AzureTableTrackingStore.cs; issue: azure-functions-durable-extension #2531).
   */
  purgeBy(filter: Omit<InstanceFilter, "idPrefix">): Promise<number>;
};

type PurgeAnswer =
  | { readonly kind: "purged" | "unknown" }
  | { readonly kind: "unfinished"; readonly status: RuntimeStatus };

type StartOrder = {
  readonly name: string;
  /** Default: a random one. */
  readonly id: string | undefined;
  /** JSON. */
  readonly input: string | null;
  readonly traceparent: string | undefined;
};

export type StartAnswer =
  | { readonly kind: "started"; readonly id: string }
  | { readonly kind: "refused" | "running"; readonly reason: string };

/** Instances deleted in one transaction. */
const purgeGroupSize = 200;

export function createOperations(
  { store, clock, functions }: HubServices,
  notify: (instances: readonly number[]) => void,
): Operations {
  const { instances } = store;

  const start = async (order: StartOrder): Promise<StartAnswer> => {
    const { name, input, traceparent, id = randomUUID().replaceAll("-", "") } = order;
    const target = functions.find("sub-orchestration", name);
    const problem =
      target === undefined ? missingFunction("sub-orchestration", name) : idProblem(id);
    if (target === undefined || problem !== undefined) {
      return { kind: "refused", reason: problem ?? "" };
    }
    const instance = { id, name: target.name, input, traceparent, parent: undefined };
    const number = await store.write(() => startInstance(store, instance, clock.now()));
    if (number === undefined) {
      const status = instances.find(id)?.status ?? "Running";
      const reason = `An Orchestration instance with the status ${status} already exists.`;
      return { kind: "running", reason };
    }
    notify([number]);
    return { kind: "started", id };
  };

  return {
    start,
    restart: async (id, isNewId) => {
      const found = instances.find(id);
      if (found === undefined) return undefined;
      const { name, input, traceparent } = found;
      return start({ name, input, traceparent, id: isNewId ? undefined : id });
    },
    find: (id) => instances.find(id),
    describeHistory: ({ number }, showOutput) =>
      describeHistory(store.executions.readHistory(number), showOutput),
    list: (filter, after, limit) => instances.list(filter, after, limit),
    send: async (id, message) => {
      const { answer, number } = await store.write(() => {
        const found = instances.find(id);
        if (found === undefined) return { answer: "unknown" } as const;
        const isSent = store.send(found.number, message);
        return { answer: isSent ? "sent" : "finished", number: found.number } as const;
      });
      if (number !== undefined) notify([number]);
      return answer;
    },
    ...purgeOperations(store),
  };
}

function purgeOperations(store: Store): Pick<Operations, "purge" | "purgeBy"> {
  const { instances } = store;
  return {
    purge: (id) =>
      store.write(() => {
        const found = instances.find(id);
        if (found === undefined) return { kind: "unknown" };
        if (!isFinished(found.status)) return { kind: "unfinished", status: found.status };
        store.deleteInstance(found.number);
        return { kind: "purged" };
      }),
    purgeBy: async ({ statuses = [], ...period }) => {
      const finished = statuses.filter(isFinished);
      const filter = finished.length === 0 ? period : { ...period, statuses: finished };
      let deleted = 0;
      let after = 0;
      for (;;) {
        const group = instances.list(filter, after, purgeGroupSize);
        const last = group.at(-1);
        if (last === undefined) return deleted;
        after = last.number;
        await store.write(() => {
          for (const { number } of group) store.deleteInstance(number);
        });
        deleted += group.length;
      }
    },
  };
}

/** Documentation: "Manage instances in Durable Functions", instance IDs. */
function idProblem(id: string): string | undefined {
  const isSound = id.length <= 256 && !id.startsWith("@") && !/[/\\#?]|\p{Cc}/u.test(id);
  return isSound
    ? undefined
    : `The instance ID '${id}' must be at most 256 characters, not begin with '@' and contain no ` +
        "'/', '\\', '#', '?' or control character.";
}
