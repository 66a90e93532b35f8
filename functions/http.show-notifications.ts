import { app } from "@azure/functions";
import { queryDoors } from "../src/flow.ts";

app.http("show-notifications", queryDoors.showNotifications);
