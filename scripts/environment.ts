/** What the scripts that stay running read from the environment. */
import { fileURLToPath } from "node:url";

/** Where the emulated services keep their data. */
export const dataDirectory =
  process.env["SALDO_DATA"] ?? fileURLToPath(new URL("../.saldo", import.meta.url));

export function portFrom(name: string, otherwise: number): number {
  const port = Number(process.env[name] ?? otherwise);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${name} must be a port number.`);
  return port;
}

/** Further names by which clients reach the local services, such as `host.docker.internal`, from `SALDO_ALLOWED_HOSTS`. */
export function allowedHosts(): readonly string[] {
  const names = (process.env["SALDO_ALLOWED_HOSTS"] ?? "").split(",").map((name) => name.trim());
  const given = names.filter((name) => name !== "");
  const wrong = given.find((name) => !/^[\w.-]+$/.test(name));
  if (wrong === undefined) return given;
  throw new Error(
    `SALDO_ALLOWED_HOSTS: "${wrong}" is no name of a host; separate names by commas.`,
  );
}

/** Starts a service and stops it gracefully on Ctrl-C; one sentence and exit code 1 if it cannot start. */
export async function runUntilStopped(start: () => Promise<() => Promise<void>>): Promise<void> {
  try {
    const stop = await start();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
  } catch (error) {
    console.error(explain(error));
    process.exit(1); // what had been started before it failed must not stay behind
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE")
    return `${error.message}: is Saldo running already? Set SALDO_FUNCTIONS_PORT, SALDO_ADMIN_PORT, SALDO_CONSOLE_PORT, SALDO_COSMOS_PORT, SALDO_EVENT_GRID_PORT, SALDO_IDENTITY_PORT, SALDO_BLOB_PORT, SALDO_TELEMETRY_PORT or SALDO_CONTROL_PORT.`;
  return error.stack ?? error.message;
}
