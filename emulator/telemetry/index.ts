/** The ingestion endpoint of Azure Monitor, and what it keeps: see docs/emulator-telemetry.md. */
export {
  startTelemetrySink,
  type TelemetrySink,
  type TelemetrySinkOptions,
} from "./telemetry-sink.ts";
export { startTelemetrySinkInThread } from "./own-thread/start.ts";
