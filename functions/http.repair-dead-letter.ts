import { app } from "@azure/functions";
import { recoveryDoors } from "../src/flow.ts";

app.http("repair-dead-letter", recoveryDoors.repairDeadLetter);
