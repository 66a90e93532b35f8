import { app } from "@azure/functions";
import { healthDoors } from "../src/flow.ts";

app.http("show-liveness", healthDoors.showLiveness);
