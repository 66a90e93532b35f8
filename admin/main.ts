/** Starts the admin app with what the environment says: docs/admin.md lists the variables. */
import { readFileSync } from "node:fs";
import { startAdmin, type AdminOptions } from "./server.ts";
import { settingsFrom, WrongSettings } from "./settings.ts";

const main = async (): Promise<void> => {
  const admin = await startAdmin(
    settingsFrom(process.env, (file) => readFileSync(file, "utf8")) satisfies AdminOptions,
  );
  process.stdout.write(`The admin app is at ${admin.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void admin.close());
};

try {
  await main();
} catch (error) {
  if (error instanceof WrongSettings) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`The admin app cannot start: ${String(error)}\n`);
    process.exitCode = 1;
  }
}
