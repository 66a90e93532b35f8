import { app } from "@azure/functions";
import { reactions } from "../src/flow.ts";

app.eventGrid(reactions.notifyOwners.name, reactions.notifyOwners.trigger);
