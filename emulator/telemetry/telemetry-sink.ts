/**
 * Takes the telemetry of any app that is instrumented for Azure Monitor, in the protocol of its ingestion endpoint, and
 * answers questions about it. On the loopback interface, without authentication and TLS: docs/emulator-telemetry.md.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../shared/clock.ts";
import { openDatabase } from "./database.ts";
import { createQueries } from "./queries.ts";
import { answerQuery, type Answer } from "./routes.ts";
import { createStore, type Retention } from "./store.ts";
import { readTrack } from "./track.ts";

export type TelemetrySinkOptions = Partial<Retention> & {
  /** An SQLite file; it is created if it is not there. */
  readonly file: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** By which the age of what was received counts; the machine's unless told. */
  readonly clock?: Pick<Clock, "now">;
};

export type TelemetrySink = {
  readonly url: string;
  /** As in APPLICATIONINSIGHTS_CONNECTION_STRING; any instrumentation key is welcome that has the form of one. */
  readonly connectionString: string;
  close(): Promise<void>;
};

const instrumentationKey = "00000000-0000-4000-8000-000000000000";

/** Rejects if the port is taken or the file is of no use. */
export async function startTelemetrySink(options: TelemetrySinkOptions): Promise<TelemetrySink> {
  const { file, port, clock = Date, keepItems = 200_000, keepHours = 24 } = options;
  const database = openDatabase(file);
  const store = createStore(database, { keepItems, keepHours });
  const queries = createQueries(database);

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (request.method === "GET") return answerQuery(queries, url, clock.now());
    if (request.method !== "POST" || !/^\/v2(\.1)?\/track$/.test(url.pathname))
      return { status: 404, body: { message: "POST /v2.1/track, or GET what is asked for." } };
    const { items, answer } = readTrack(await bodyOf(request), request.headers["content-encoding"]);
    if (items.length > 0) store.add(items, clock.now());
    return answer;
  };

  const server = createServer((request, response) => {
    void answer(request)
      .catch(failure)
      .then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
        response.end(JSON.stringify(body));
      });
  });
  const url = await listen(server, port).catch((error: unknown) => {
    database.close();
    throw error;
  });
  return {
    url,
    connectionString: `InstrumentationKey=${instrumentationKey};IngestionEndpoint=${url}/`,
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      database.close();
    },
  };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What was asked is checked by throwing TypeErrors; anything else is the emulator's own failure, which exporters retry. */
function failure(error: unknown): Answer {
  const { name, message } = error as Error;
  const isOfCaller = name === "TypeError" || name === "URIError";
  return { status: isOfCaller ? 400 : 500, body: { message } };
}

const mostBytes = 16 * 1_048_576;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new TypeError("The body is larger than anybody would read.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
