/** A server that runs single functions of an app: `POST /invoke/NAME`. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers a request, e.g. `POST /invoke/NAME`, with JSON. */
export type Answer = (what: string, body: string) => Promise<string>;

type Invoke = (name: string, data: { readonly string?: string }) => Promise<unknown>;

/** `{ ok }` with what the function gave, or `{ error }` with what it threw. */
export function answerInvocations(invoke: Invoke): Answer {
  return async (what, body) => {
    const name = decodeURIComponent(what.slice("POST /invoke/".length));
    const { data } = JSON.parse(body) as { readonly data: { readonly string?: string } };
    try {
      return JSON.stringify({ ok: await invoke(name, data) });
    } catch (thrown) {
      const { message, stack = "" } = thrown instanceof Error ? thrown : new Error(String(thrown));
      return JSON.stringify({ error: { message, stack } });
    }
  };
}

/** Listens on a free port; gives the address. */
export async function listen(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    void readAll(request)
      .then((body) => answer(`${request.method ?? ""} ${request.url ?? ""}`, body))
      .then((text) => response.setHeader("content-type", "application/json").end(text));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
