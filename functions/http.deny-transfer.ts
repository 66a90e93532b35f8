import { app } from "@azure/functions";
import { commandDoors } from "../src/flow.ts";

app.http("deny-transfer", commandDoors.denyTransfer);
