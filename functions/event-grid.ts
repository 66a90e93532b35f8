import { app } from "@azure/functions";
import { reactions } from "../src/app.ts";

for (const { name, trigger } of Object.values(reactions)) app.eventGrid(name, trigger);
