/**
 * Takes the telemetry of any app that is instrumented for Azure Monitor, in the protocol of its ingestion endpoint, and
 * answers questions about it. On the loopback interface, without authentication and TLS: docs/emulator-telemetry.md.
 */
import type { Clock } from "../shared/clock.ts";
import type { CallerRules } from "../shared/http/callers.ts";
import { type HttpHandler, type HttpRequest, serveHttp } from "../shared/http/server.ts";
import type { WireResponse } from "../shared/wire.ts";
import { openDatabase } from "./database.ts";
import { createQueries } from "./queries.ts";
import { answerQuery, type Answer } from "./routes.ts";
import { createStore, type Retention } from "./store.ts";
import { readTrack } from "./track.ts";

export type TelemetrySinkOptions = Partial<Retention> &
  CallerRules & {
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
  const { file, clock = Date, keepItems = 200_000, keepHours = 24 } = options;
  const database = openDatabase(file);
  const store = createStore(database, { keepItems, keepHours });
  const queries = createQueries(database);

  const answer = ({ method, path, headers, body }: HttpRequest): Answer => {
    const url = new URL(path, "http://127.0.0.1");
    if (method === "GET") return answerQuery(queries, url, clock.now());
    if (method !== "POST" || !/^\/v2(\.1)?\/track$/.test(url.pathname))
      return { status: 404, body: { message: "POST /v2.1/track, or GET what is asked for." } };
    const { items, answer } = readTrack(body, headers["content-encoding"]);
    if (items.length > 0) store.add(items, clock.now());
    return answer;
  };

  const handle: HttpHandler = (request) =>
    Promise.resolve(respond(answered(() => answer(request))));
  const server = await serveHttp(handle, {
    ...options,
    foreignPages: "refused",
    mostBodyBytes,
    refuse: (status, message) => respond({ status, body: { message } }),
  }).catch((error: unknown) => {
    database.close();
    throw error;
  });
  const { url } = server;
  return {
    url,
    connectionString: `InstrumentationKey=${instrumentationKey};IngestionEndpoint=${url}/`,
    close: async () => {
      await server.close();
      database.close();
    },
  };
}

/** As the ingestion endpoint's own limit is not documented: the exporters stop long before. */
const mostBodyBytes = 16 * 1_048_576;

/** What was asked is checked by throwing TypeErrors; anything else is the emulator's own failure, which exporters retry. */
function answered(answering: () => Answer): Answer {
  try {
    return answering();
  } catch (error) {
    const { name, message } = error as Error;
    const isOfCaller = name === "TypeError" || name === "URIError";
    return { status: isOfCaller ? 400 : 500, body: { message } };
  }
}

function respond({ status, body }: Answer): WireResponse {
  const headers = { "content-type": "application/json; charset=utf-8" };
  return { status, headers, body: JSON.stringify(body) };
}
