/** Every HTTP server of the emulator that can be started in this process, on a free port and with nothing in it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { openControlDoor } from "../../../../emulator/control/control-door.ts";
import { meter } from "../../../../emulator/control/usage.ts";
import { createFaults } from "../../../../emulator/cosmos/faults.ts";
import { listenCosmos, openCosmos } from "../../../../emulator/cosmos/index.ts";
import { startEventGrid } from "../../../../emulator/event-grid/index.ts";
import { startIdentity } from "../../../../emulator/identity/index.ts";
import { createClock } from "../../../../emulator/shared/clock.ts";
import { startTelemetrySink } from "../../../../emulator/telemetry/index.ts";

export type Server = {
  readonly url: string;
  /** Something to read, and what the service is given to store. */
  readonly reading: string;
  readonly writing: string;
  /** What is read without a key is answered with this. */
  readonly answered: 200 | 401;
  close(): Promise<void>;
};

type Options = { readonly allowedHosts?: readonly string[] };

const directory = mkdtempSync(join(tmpdir(), "servers-"));
after(() => {
  rmSync(directory, { recursive: true });
});

export const serversByName = {
  "control API": async ({ allowedHosts = [] }: Options = {}): Promise<Server> => {
    const clock = createClock();
    const account = meter(() => Promise.reject(new Error("There is no account here.")));
    const controlled = { clock, faults: createFaults(), meter: account };
    const { url, close } = await openControlDoor(controlled, { port: 0, allowedHosts });
    return { url, close, reading: "GET /faults", writing: "POST /faults", answered: 200 };
  },
  "Event Grid": async (options: Options = {}): Promise<Server> => {
    const started = { file: ":memory:", clock: createClock(), port: 0, ...options };
    const { url, close } = await startEventGrid(started);
    return { url, close, reading: "GET /topics", writing: "POST /rules", answered: 200 };
  },
  "telemetry sink": async (options: Options = {}): Promise<Server> => {
    const file = join(directory, "telemetry.sqlite");
    const { url, close } = await startTelemetrySink({ file, port: 0, ...options });
    return { url, close, reading: "GET /traces", writing: "POST /v2.1/track", answered: 200 };
  },
  issuer: async (options: Options = {}): Promise<Server> => {
    const api = { audience: "orders-api", uri: "api://orders", scopes: ["access"] };
    const { url, close } = await startIdentity({
      ...{ file: join(directory, "keys.json"), port: 0, clock: createClock() },
      ...{ users: [], clients: [], api, ...options },
    });
    return { url, close, reading: "GET /keys", writing: "POST /token", answered: 200 };
  },
  "Cosmos account": async (options: Options = {}): Promise<Server> => {
    const key = Buffer.from("a key").toString("base64");
    const account = openCosmos({ file: ":memory:", key, clock: createClock() });
    const server = await listenCosmos(account, { port: 0, ...options });
    const close = async (): Promise<void> => {
      await server.close();
      await account.close();
    };
    return { url: server.url, close, reading: "GET /dbs", writing: "POST /dbs", answered: 401 };
  },
} as const;

export const serverNames = Object.keys(serversByName) as (keyof typeof serversByName)[];
