import { app } from "@azure/functions";
import { commandDoors } from "../src/flow.ts";

app.http("approve-transfer", commandDoors.approveTransfer);
