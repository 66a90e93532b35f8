import * as df from "durable-functions";
import { processes } from "../src/flow.ts";

df.app.orchestration(processes.transferV1.name, processes.transferV1.orchestration);
