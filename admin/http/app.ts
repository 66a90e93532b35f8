import { Hono, type Context } from "hono";
import { routePath } from "hono/route";
import { publicFiles } from "../../web/public-files.ts";
import { securityHeaders } from "../../web/security-headers.ts";
import { apiRoutes } from "../api/routes.ts";
import { pageRoutes } from "../pages/routes.ts";
import { problemPage } from "../pages/problem-page.ts";
import { webhookRoutes } from "../webhook/routes.ts";
import type { Services } from "./services.ts";
import { problemAnswer, Problem, problems } from "./problems.ts";
import { ownNamesOnly, sameOriginOnly } from "./same-origin.ts";

/** All routes of the app and what holds for each of them. */
export const createApp = (services: Services): Hono => {
  const app = new Hono();
  app.use(securityHeaders(services));

  app.get("/healthz", (c) => c.json({ status: "ok", isSaldoReachable: services.isReachable() }));
  app.route("/", publicFiles(new URL("../public/", import.meta.url), files));
  // Event Grid is no browser: its key, not its origin, lets it in.
  app.route("/", webhookRoutes(services.webhookKey, services.register));

  app.use(ownNamesOnly(services));
  app.use(sameOriginOnly(services.publicUrl));
  app.route("/api", apiRoutes(services));
  app.route("/", pageRoutes(services));

  const answer = (c: Context, problem: Problem): Response | Promise<Response> => {
    const isForPeople = !/^\/(api|webhooks)\//.test(c.req.path);
    if (!isForPeople) return problemAnswer(c, problem);
    const [status] = problems[problem.code];
    return c.html(problemPage(services.viewerOf(c), problem), status, problem.headers);
  };
  app.notFound((c) => answer(c, new Problem("not_found", "Check the address.")));
  app.onError((error, c) => {
    if (error instanceof Problem) return answer(c, error);
    // The browser has gone, in the middle of what it sent.
    if (c.req.raw.signal.aborted) return c.body(null, 400);
    services.log(`${c.req.method} ${routePath(c)}`, "failed", error);
    return answer(c, new Problem("internal", "Try again; the operators have been told."));
  });
  return app;
};

const files = ["styles.css", "main.js", "ages.js", "decision-forms.js", "live-page.js", "icon.svg"];
