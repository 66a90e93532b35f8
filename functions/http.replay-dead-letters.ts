import { app } from "@azure/functions";
import { recoveryDoors } from "../src/flow.ts";

app.http("replay-dead-letters", recoveryDoors.replayDeadLetters);
