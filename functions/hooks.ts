import { app } from "@azure/functions";
import { endings } from "../src/app.ts";

app.hook.appTerminate(endings.flushTelemetry);
