import * as df from "durable-functions";
import { activities } from "../src/flow.ts";

df.app.activity(activities.lookAtTransfer.name, activities.lookAtTransfer.options);
