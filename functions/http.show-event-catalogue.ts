import { app } from "@azure/functions";
import { contractDoors } from "../src/flow.ts";

app.http("show-event-catalogue", contractDoors.showEventCatalogue);
