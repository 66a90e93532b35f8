import { app } from "@azure/functions";
import { commandDoors } from "../src/flow.ts";

app.http("cancel-transfer", commandDoors.cancelTransfer);
