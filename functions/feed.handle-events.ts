import { app } from "@azure/functions";
import { feeds } from "../src/flow.ts";

app.cosmosDB("handle-events", feeds.handleEvents);
