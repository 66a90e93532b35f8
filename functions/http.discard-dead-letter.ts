import { app } from "@azure/functions";
import { recoveryDoors } from "../src/flow.ts";

app.http("discard-dead-letter", recoveryDoors.discardDeadLetter);
