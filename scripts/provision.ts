/** `npm run provision`: creates the containers on the Cosmos DB that the setting COSMOS names. */
import { CosmosClient } from "@azure/cosmos";
import { provision } from "../infra/provision.ts";

const connection = process.env["COSMOS"];
if (connection === undefined) {
  console.error("Set COSMOS to the connection string of the Cosmos DB account or emulator.");
  process.exit(2);
}
const database = process.env["COSMOS_DATABASE"] ?? "saldo";
await provision(new CosmosClient(connection), database);
console.log(`The database ${database} and its containers are there.`);
