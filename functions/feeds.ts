import { app } from "@azure/functions";
import { feeds, functionName } from "../src/app.ts";

for (const [name, feed] of Object.entries(feeds)) app.cosmosDB(functionName(name), feed);
