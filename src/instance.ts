/** What this instance of the app is made of: once, from its settings. */
import { startTelemetry } from "./platform/telemetry/start-telemetry.ts";
import { composeSystem } from "./system.ts";

export const system = composeSystem();
startTelemetry(system.settings);
