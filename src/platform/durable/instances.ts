/** The instances of a process as the stages see them: behind it, the durable client of one invocation. */
import type { FunctionInput, InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { PlatformFault } from "../platform-fault.ts";
import { count } from "../telemetry/metrics.ts";
import { signalName } from "./drive-process.ts";

export type InstanceStatus = "absent" | "running" | "completed" | "broken";

/** All methods throw `PlatformFault` when the task hub cannot be reached. */
export type Instances = {
  status(id: string): Promise<InstanceStatus>;
  /** Starts an instance; one of this id that has ended is replaced. `false` if one is running. */
  start(id: string): Promise<boolean>;
  /** Tells a running instance something; nothing happens if there is none. */
  signal(id: string, signal: object | null): Promise<void>;
  /**
   * Purges instances that were created before an instant: those that have completed; and those that failed or were
   * terminated before it, if `isOver` says that nobody needs them to go on. Answers how many.
   */
  forget(beforeMs: number, isOver: (id: string) => boolean): Promise<number>;
};

/** A trigger whose handler works with the instances of a process. */
export function withInstances<Input, Result>(
  orchestrator: string,
  handle: (input: Input, instances: Instances, context: InvocationContext) => Promise<Result>,
): {
  extraInputs: FunctionInput[];
  handler: (input: Input, context: InvocationContext) => Promise<Result>;
} {
  return {
    extraInputs: [df.input.durableClient()],
    handler: (input, context) => handle(input, instancesOf(orchestrator, context), context),
  };
}

function instancesOf(orchestrator: string, context: InvocationContext): Instances {
  const client = df.getClient(context);
  const statusOf = async (id: string): Promise<InstanceStatus> => {
    try {
      const { runtimeStatus } = await client.getStatus(id, { showInput: false });
      return meaning[runtimeStatus];
    } catch (error) {
      if (isAbsent(error)) return "absent";
      throw failureOf(error);
    }
  };
  /** Refused if it has been started anew meanwhile. */
  const purge = async (id: string): Promise<number> => {
    try {
      return (await client.purgeInstanceHistory(id)).instancesDeleted;
    } catch (error) {
      if ((await statusOf(id)) === "running") return 0;
      throw error;
    }
  };
  return {
    status: statusOf,
    async start(id) {
      try {
        await client.startNew(orchestrator, { instanceId: id });
        return true;
      } catch (error) {
        // Extensions differ in how they refuse to start what is running (409, or 500 in older ones).
        if ((await statusOf(id)) === "running") return false;
        throw failureOf(error);
      }
    },
    async signal(id, signal) {
      try {
        await client.raiseEvent(id, signalName, signal);
      } catch (error) {
        if (!isAbsent(error)) throw failureOf(error);
      }
    },
    async forget(beforeMs, isOver) {
      const createdBefore = { createdTimeFrom: new Date(0), createdTimeTo: new Date(beforeMs) };
      // Without a status the extension also deletes what runs (durable-extension issue 2531).
      const completed = {
        ...createdBefore,
        runtimeStatus: [df.OrchestrationRuntimeStatus.Completed],
      };
      try {
        let { instancesDeleted } = await client.purgeInstanceHistoryBy(completed);
        const ended = await client.getStatusBy({ ...createdBefore, runtimeStatus: brokenStatuses });
        const over = ended.filter(
          ({ instanceId, runtimeStatus, lastUpdatedTime }) =>
            meaning[runtimeStatus] === "broken" &&
            new Date(lastUpdatedTime).getTime() < beforeMs &&
            isOver(instanceId),
        );
        for (const { instanceId } of over.slice(0, mostPurgedAtOnce))
          instancesDeleted += await purge(instanceId);
        return instancesDeleted;
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

/** One after the other, within the time that a function has; the next time goes on. */
const mostPurgedAtOnce = 500;

const meaning: Readonly<Record<df.OrchestrationRuntimeStatus, InstanceStatus>> = {
  Pending: "running",
  Running: "running",
  Suspended: "running",
  ContinuedAsNew: "running",
  Completed: "completed",
  Canceled: "broken",
  Failed: "broken",
  Terminated: "broken",
};

const brokenStatuses = Object.values(df.OrchestrationRuntimeStatus).filter(
  (status) => meaning[status] === "broken",
);

/** The library throws plain errors; what tells them apart is their text. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && /404|not found|No instance/i.test(error.message);
}

function failureOf(error: unknown): PlatformFault {
  if (error instanceof PlatformFault) return error;
  const message = error instanceof Error ? error.message : String(error);
  count("saldo.platform.faults", { service: "durable" });
  return new PlatformFault(`Durable Functions: ${message.slice(0, 400)}`, { cause: error });
}
