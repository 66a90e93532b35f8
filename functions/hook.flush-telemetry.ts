import { app } from "@azure/functions";
import { endings } from "../src/flow.ts";

app.hook.appTerminate(endings.flushTelemetry);
