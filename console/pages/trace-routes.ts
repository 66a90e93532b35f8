import { Hono } from "hono";
import { attempt } from "../azure/source.ts";
import type { TraceFilter } from "../azure/telemetry.ts";
import type { Services } from "../http/services.ts";
import type { CommandDocument } from "../saldo/documents.ts";
import { tracePage } from "./trace-page.ts";
import { firstFilter, tracesPage } from "./traces-page.ts";

export const traceRoutes = ({ telemetry, documents }: Services): Hono => {
  const routes = new Hono();

  routes.get("/traces", async (c) => {
    const given = (name: string): string => (c.req.query(name) ?? "").trim();
    const isAsked = Object.keys(c.req.query()).length > 0;
    const filter = isAsked ? filterIn(given) : firstFilter;
    return c.html(tracesPage(filter, await attempt(telemetry.traces(filter))));
  });

  routes.get("/traces/:id", async (c) => {
    const traceId = c.req.param("id");
    const [trace, commands] = await Promise.all([
      attempt(telemetry.trace(traceId)),
      attempt(commandsOf(traceId)),
    ]);
    const isKnown = !trace.isRead || trace.value !== undefined;
    return c.html(tracePage({ traceId, trace, commands }), isKnown ? 200 : 404);
  });

  /** Documents keep the trace they belong to; the sink forgets sooner than they do. */
  const commandsOf = (traceId: string): Promise<readonly CommandDocument[]> =>
    documents.query<CommandDocument>("commands", {
      text: "SELECT * FROM c WHERE CONTAINS(c.traceparent, @traceId)",
      parameters: { traceId },
      limit: 20,
    });
  return routes;
};

const filterIn = (given: (name: string) => string): TraceFilter => ({
  name: given("name"),
  service: given("service"),
  attribute: given("attribute"),
  minDurationMs: given("minDurationMs"),
  failed: given("failed"),
});
