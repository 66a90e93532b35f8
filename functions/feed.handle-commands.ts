import { app } from "@azure/functions";
import { feeds } from "../src/flow.ts";

app.cosmosDB("handle-commands", feeds.handleCommands);
