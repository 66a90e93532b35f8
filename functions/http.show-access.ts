import { app } from "@azure/functions";
import { accessDoors } from "../src/flow.ts";

app.http("show-access", accessDoors.showAccess);
