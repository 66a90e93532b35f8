import { app } from "@azure/functions";
import { functionName } from "../src/app.ts";
import { endpoints } from "../src/endpoints.ts";

for (const [name, endpoint] of Object.entries(endpoints)) app.http(functionName(name), endpoint);
