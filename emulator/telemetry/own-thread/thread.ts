import { parentPort, workerData } from "node:worker_threads";
import { startTelemetrySink } from "../telemetry-sink.ts";
import type { Addresses, ThreadOptions } from "./start.ts";

/** The sink's own thread: start.ts starts and ends it. */
if (parentPort === null) throw new Error("thread.ts is started by start.ts");
const port = parentPort;
const { url, connectionString, close } = await startTelemetrySink(workerData as ThreadOptions);
port.postMessage({ url, connectionString } satisfies Addresses);
port.once("message", () => {
  void close().then(() => {
    port.close();
  });
});
