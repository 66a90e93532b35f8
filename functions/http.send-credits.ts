import { app } from "@azure/functions";
import { commandDoors } from "../src/flow.ts";

app.http("send-credits", commandDoors.sendCredits);
