/**
 * The one door through which tests and operators of the emulator change the weather: advance the clock, inject faults,
 * have events arrive twice or late, read what was charged. Plain JSON over HTTP on the loopback interface; never part of
 * Azure. What it opens: routes.ts, docs/emulator-control.md.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { routesTo, type Answer, type Controlled, type Route } from "./routes.ts";

export type ControlDoor = { readonly url: string; close(): Promise<void> };

/** @param port 0 for any free one */
export async function openControlDoor(controlled: Controlled, port: number): Promise<ControlDoor> {
  const routes = routesTo(controlled);
  const server = createServer((request, response) => {
    void answer(request, routes).then(({ status, body }) => {
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

async function answer(request: IncomingMessage, routes: readonly Route[]): Promise<Answer> {
  const { method = "", url = "" } = request;
  const [path = ""] = url.split("?", 1);
  const asked = `${method} ${path}`;
  try {
    const body = await bodyOf(request);
    for (const route of routes) {
      const id = idWhere(asked, route.on);
      if (id !== undefined) return await route.act({ body, id });
    }
    const message = `There is no ${asked} here.`;
    return { status: 404, body: { message, routes: routes.map(({ on }) => on) } };
  } catch (error) {
    const { name, message } = error as Error;
    // What was asked is checked by throwing these; anything else is the emulator's own failure.
    const isOfCaller = ["TypeError", "SyntaxError", "URIError"].includes(name);
    return { status: isOfCaller ? 400 : 500, body: { message } };
  }
}

/** What stands in the place of `{id}`, empty where the route has none; undefined for another route. */
function idWhere(asked: string, on: string): string | undefined {
  const [before = "", isWithId] = on.split("{id}");
  if (isWithId === undefined) return asked === on ? "" : undefined;
  const id = asked.startsWith(before) ? asked.slice(before.length) : "";
  return id === "" || id.includes("/") ? undefined : decodeURIComponent(id);
}

/** @throws SyntaxError or TypeError unless it is empty or a JSON object */
async function bodyOf(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (chunks.length === 0) return {};
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  throw new TypeError("The body of a request is a JSON object.");
}
