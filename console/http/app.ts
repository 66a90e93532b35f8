import { Hono } from "hono";
import { publicFiles } from "../../web/public-files.ts";
import { securityHeaders } from "../../web/security-headers.ts";
import { SourceFailed } from "../azure/source.ts";
import { causationRoutes } from "../pages/causation-routes.ts";
import { dataRoutes } from "../pages/data-routes.ts";
import { deadLetterRoutes } from "../pages/dead-letter-routes.ts";
import { findRoutes } from "../pages/find-routes.ts";
import { flowRoutes } from "../pages/flow-routes.ts";
import { problemPage } from "../pages/problem-page.ts";
import { processRoutes } from "../pages/process-routes.ts";
import { streamRoutes } from "../pages/stream-routes.ts";
import { traceRoutes } from "../pages/trace-routes.ts";
import { weatherRoutes } from "../pages/weather-routes.ts";
import { ownNamesOnly, sameOriginOnly, shortBodiesOnly } from "./guards.ts";
import { Problem } from "./problem.ts";
import type { Services } from "./services.ts";

/** All pages of the console and what holds for each of them. */
export const createApp = (services: Services): Hono => {
  const app = new Hono();
  app.use(securityHeaders({ isHttps: false }));
  app.use(ownNamesOnly(services.allowedHosts));
  app.use(sameOriginOnly);
  app.use(shortBodiesOnly);
  app.route("/", publicFiles(new URL("../public/", import.meta.url), files));
  const rooms = [
    ...[flowRoutes, traceRoutes, streamRoutes, causationRoutes, deadLetterRoutes],
    ...[processRoutes, dataRoutes, weatherRoutes, findRoutes],
  ];
  for (const room of rooms) app.route("/", room(services));

  app.notFound((c) => c.html(problemPage(404, "There is nothing here", "Check the address."), 404));
  app.onError((error, c) => {
    if (error instanceof Problem)
      return c.html(
        problemPage(error.status, error.title, error.message),
        error.status,
        error.headers,
      );
    if (error instanceof SourceFailed)
      return c.html(problemPage(502, "A service does not answer", error.message), 502);
    // The browser has gone, in the middle of what it sent.
    if (c.req.raw.signal.aborted) return c.body(null, 400);
    process.stderr.write(`console: ${error.stack ?? error.message}\n`);
    return c.html(problemPage(500, "The console failed", error.message), 500);
  });
  return app;
};

const files = ["styles.css", "live.js", "regions.js", "icon.svg"];
