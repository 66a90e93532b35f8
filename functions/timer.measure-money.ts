import { app } from "@azure/functions";
import { timers } from "../src/flow.ts";

app.timer("measure-money", timers.measureMoney);
