import { app } from "@azure/functions";
import { timers } from "../src/flow.ts";

app.timer("publish-held", timers.publishHeld);
