/**
 * Loaded into Azurite's process before its own program: what a child of the emulator does that
 * Azurite by itself does not.
 */
import { DatabaseSync } from "node:sqlite";

// An emulator that was killed and started again meets the Azurite of its earlier life, which is
// still saving: wait until it is gone. The system gives the lock back also when a process is killed.
const lock = new DatabaseSync(process.env["AZURITE_LOCK"] ?? ":memory:", { timeout: 30_000 });
lock.exec("BEGIN EXCLUSIVE");
process.once("exit", () => {
  lock.close();
});

// The channel to the parent closes by `close()`, or because the parent was killed. Azurite then
// ends as by SIGTERM, which saves what it answered; before its start it listens to no signal.
process.once("disconnect", () => {
  if (!process.emit("SIGTERM", "SIGTERM")) process.exit(1);
});
