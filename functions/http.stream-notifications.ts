import { app } from "@azure/functions";
import { queryDoors } from "../src/flow.ts";

app.http("stream-notifications", queryDoors.streamNotifications);
