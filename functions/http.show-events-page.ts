import { app } from "@azure/functions";
import { contractDoors } from "../src/flow.ts";

app.http("show-events-page", contractDoors.showEventsPage);
