import { app } from "@azure/functions";
import { reactions } from "../src/flow.ts";

app.eventGrid(reactions.countRevenue.name, reactions.countRevenue.trigger);
