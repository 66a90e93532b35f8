import { app } from "@azure/functions";
import { queryDoors } from "../src/flow.ts";

app.http("past-balance", queryDoors.pastBalance);
