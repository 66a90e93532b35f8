import { type CosmosEmulator, type CosmosOptions, openHere } from "./emulator.ts";
import { openInThread } from "./own-thread/proxy.ts";

export type { CosmosEmulator, CosmosOptions } from "./emulator.ts";
export { listenCosmos } from "./http-server.ts";

/** Opens an account that behaves like Azure Cosmos DB for NoSQL; see docs/emulator-cosmos.md. */
export function openCosmos(options: CosmosOptions): CosmosEmulator {
  return options.ownThread === true ? openInThread(options) : openHere(options);
}
