import * as df from "durable-functions";
import { activities, processes } from "../src/app.ts";

for (const { name, orchestration } of Object.values(processes))
  df.app.orchestration(name, orchestration);
for (const { name, options } of Object.values(activities)) df.app.activity(name, options);
