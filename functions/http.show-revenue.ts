import { app } from "@azure/functions";
import { queryDoors } from "../src/flow.ts";

app.http("show-revenue", queryDoors.showRevenue);
