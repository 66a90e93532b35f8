import { app } from "@azure/functions";
import { reactions } from "../src/flow.ts";

app.eventGrid(reactions.leadTransfer.name, reactions.leadTransfer.trigger);
