import { app } from "@azure/functions";
import { timers } from "../src/flow.ts";

app.timer("replay-waiting", timers.replayWaiting);
