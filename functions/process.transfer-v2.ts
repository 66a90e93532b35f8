import * as df from "durable-functions";
import { processes } from "../src/flow.ts";

df.app.orchestration(processes.transferV2.name, processes.transferV2.orchestration);
