import { app } from "@azure/functions";
import { functionName, timers } from "../src/app.ts";

for (const [name, timer] of Object.entries(timers)) app.timer(functionName(name), timer);
