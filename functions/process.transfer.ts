import * as df from "durable-functions";
import { processes } from "../src/flow.ts";

df.app.orchestration(processes.transfer.name, processes.transfer.orchestration);
