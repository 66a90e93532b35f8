/** The sink in a thread of its own: a function app that shares its process does not wait while telemetry is stored. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { TelemetrySink, TelemetrySinkOptions } from "../telemetry-sink.ts";

/** A clock cannot be passed on: ages count by the machine's. */
export type ThreadOptions = Omit<TelemetrySinkOptions, "clock">;

export type Addresses = Pick<TelemetrySink, "url" | "connectionString">;

/** Rejects as `startTelemetrySink` does. */
export async function startTelemetrySinkInThread(options: ThreadOptions): Promise<TelemetrySink> {
  const worker = new Worker(new URL("thread.ts", import.meta.url), { workerData: options });
  const [addresses] = (await once(worker, "message")) as [Addresses];
  return {
    ...addresses,
    close: async () => {
      const ended = once(worker, "exit");
      worker.postMessage("close");
      await ended;
    },
  };
}
