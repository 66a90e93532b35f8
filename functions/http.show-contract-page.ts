import { app } from "@azure/functions";
import { contractDoors } from "../src/flow.ts";

app.http("show-contract-page", contractDoors.showContractPage);
