/**
 * bridge.ts DIRECTORY: loads the app with the real `@azure/functions` and `durable-functions`, and runs its functions when
 * Microsoft's engine (engine/Program.cs) asks for it over HTTP. Prints its address.
 *
 *   GET /functions   names by kind                         POST /invoke/NAME   runs one function once
 *   POST /client     the engine's durable client binding   GET /client         the same, once it is known
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { openApp } from "./project.ts";

const [directory = ""] = process.argv.slice(2);
let client = "null";
const app = await openApp(directory, { durableclient: () => Promise.resolve({ string: client }) });
const ofKind = (trigger: string): readonly string[] =>
  [...app.functions.values()]
    .filter(({ triggerType }) => triggerType === trigger)
    .map(({ name }) => name);

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function invoke(name: string, body: string): Promise<string> {
  const { data } = JSON.parse(body) as { readonly data: { readonly string?: string } };
  try {
    return JSON.stringify({ ok: await app.invoke(name, data) });
  } catch (thrown) {
    const { message, stack = "" } = thrown instanceof Error ? thrown : new Error(String(thrown));
    return JSON.stringify({ error: { message, stack } });
  }
}

async function answer(what: string, body: string): Promise<string> {
  switch (what) {
    case "GET /client":
      return client;
    case "POST /client":
      client = body;
      return client;
    case "GET /functions":
      return JSON.stringify({
        orchestrators: ofKind("orchestrationtrigger"),
        activities: ofKind("activitytrigger"),
        entities: [],
      });
    default:
      return invoke(decodeURIComponent(what.slice("POST /invoke/".length)), body);
  }
}

const server = createServer((request, response) => {
  void readAll(request)
    .then((body) => answer(`${request.method ?? ""} ${request.url ?? ""}`, body))
    .then((text) => response.setHeader("content-type", "application/json").end(text));
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`READY http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
