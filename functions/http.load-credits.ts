import { app } from "@azure/functions";
import { commandDoors } from "../src/flow.ts";

app.http("load-credits", commandDoors.loadCredits);
