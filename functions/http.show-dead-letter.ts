import { app } from "@azure/functions";
import { recoveryDoors } from "../src/flow.ts";

app.http("show-dead-letter", recoveryDoors.showDeadLetter);
