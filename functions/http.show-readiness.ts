import { app } from "@azure/functions";
import { healthDoors } from "../src/flow.ts";

app.http("show-readiness", healthDoors.showReadiness);
