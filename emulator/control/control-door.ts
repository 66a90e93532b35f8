/**
 * The one door through which tests and operators of the emulator change the weather: advance the clock, inject faults,
 * have feeds redeliver, read what was charged. Plain JSON over HTTP on the loopback interface; never part of Azure.
 *
 *   GET    /usage            what was asked and charged; POST /usage/reset starts anew
 *   POST   /clock/advance    {"ms": 60000}
 *   GET    /faults           the rules; POST adds one, DELETE /faults[/{id}] removes one or all
 *   POST   /kill             ends the process abruptly, as kill -9 would
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FaultControl, FaultRule } from "../cosmos/faults.ts";
import type { AdjustableClock } from "../shared/clock.ts";
import type { Meter } from "./usage.ts";

export type Controlled = {
  readonly clock: AdjustableClock;
  readonly faults: FaultControl;
  readonly meter: Meter;
};

export type ControlDoor = { readonly url: string; close(): Promise<void> };

export async function openControlDoor(controlled: Controlled, port: number): Promise<ControlDoor> {
  const server = createServer((request, response) => {
    void answer(request, controlled).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  await listening(server, port);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

type Answer = { readonly status: number; readonly body: object };

async function answer(request: IncomingMessage, controlled: Controlled): Promise<Answer> {
  try {
    const text = await bodyOf(request);
    const body: unknown = text === "" ? {} : JSON.parse(text);
    return act(`${request.method ?? ""} ${request.url ?? ""}`, body, controlled);
  } catch (error) {
    return {
      status: 400,
      body: { message: error instanceof Error ? error.message : String(error) },
    };
  }
}

function act(what: string, body: unknown, { clock, faults, meter }: Controlled): Answer {
  const removed = /^DELETE \/faults(?:\/(.+))?$/.exec(what);
  if (removed !== null) {
    faults.clear(removed[1]);
    return { status: 200, body: { faults: faults.list() } };
  }
  switch (what) {
    case "GET /usage":
      return { status: 200, body: meter.read() };
    case "POST /usage/reset":
      meter.reset();
      return { status: 200, body: {} };
    case "POST /clock/advance": {
      const { ms } = body as { ms?: unknown };
      if (typeof ms !== "number" || !(ms >= 0))
        throw new TypeError("Tell how far to advance the clock: a number of ms, not negative.");
      clock.advance(ms);
      return { status: 200, body: { now: new Date(clock.now()).toISOString() } };
    }
    case "GET /faults":
      return { status: 200, body: { faults: faults.list() } };
    case "POST /faults":
      return { status: 201, body: { id: faults.set(body as FaultRule) } };
    case "POST /kill":
      process.kill(process.pid, "SIGKILL");
      return { status: 200, body: {} };
    default:
      return { status: 404, body: { message: `There is no ${what} here.` } };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
