/** All that the checks use of the emulator's insides. When something moves there, adapt it here. */
import { type CosmosEmulator, listenCosmos, openCosmos } from "../../emulator/cosmos/index.ts";
import { createClock } from "../../emulator/shared/clock.ts";

export type EmulatedAccount = {
  readonly endpoint: string;
  readonly faults: CosmosEmulator["faults"];
  /** Moves the account's clock. */
  advance(ms: number): void;
  close(): Promise<void>;
};

/** An empty account in memory, on a free port. */
export async function openEmulatedAccount(key: string): Promise<EmulatedAccount> {
  const clock = createClock();
  const cosmos = openCosmos({ file: ":memory:", key, clock });
  const server = await listenCosmos(cosmos, { port: 0 });
  return {
    endpoint: server.url,
    faults: cosmos.faults,
    advance: clock.advance,
    close: async () => {
      await server.close();
      await cosmos.close();
    },
  };
}
