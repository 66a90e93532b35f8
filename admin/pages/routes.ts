import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono, type Context } from "hono";
import { z } from "zod";
import type { Decision } from "../decisions/decision.ts";
import { approvalShape, denialShape } from "../decisions/reasons.ts";
import { atMost, formBody } from "../http/bodies.ts";
import { Problem, problems } from "../http/problems.ts";
import type { Services } from "../http/services.ts";
import type { Person } from "../sign-in/sign-in.ts";
import { decidedPage } from "./decided-page.ts";
import type { Html } from "../../web/html.ts";
import { signInPage } from "./sign-in-page.ts";
import { transferPage } from "./transfer-page.ts";
import { waitingPage } from "./waiting-page.ts";

/** The pages for people: they work without a script, by forms that redirect when they succeed. */
export const pageRoutes = (services: Services): Hono => {
  const routes = new Hono();
  routes.use(atMost(formSizeBytes));
  addSignIn(routes, services);
  addLists(routes, services);
  addTransfer(routes, services);
  return routes;
};

const addSignIn = (routes: Hono, { signIn, cookie }: Services): void => {
  routes.get("/sign-in", (c) => c.html(signInPage({ next: nextOf(c.req.query("next")) })));
  routes.post("/sign-in", async (c) => {
    const { email, password, next } = await formBody(c, signInShape);
    const place = getConnInfo(c).remote.address ?? "";
    try {
      const { token } = await signIn.signIn({ email, password, place });
      cookie.write(c, token);
      return c.redirect(nextOf(next), 303);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const [status, title] = problems[error.code];
      const failure = `${title} ${error.detail}`;
      return c.html(signInPage({ next: nextOf(next), email, failure }), status, error.headers);
    }
  });
  routes.post("/sign-out", (c) => {
    signIn.signOut(cookie.read(c));
    cookie.remove(c);
    return c.redirect("/sign-in", 303);
  });
};

const addLists = (routes: Hono, services: Services): void => {
  const { transfers, signIn, isReachable } = services;
  routes.get(
    "/",
    forSignedIn(services, (c, viewer) => {
      const shown = transfers.waiting(waitingShownCount);
      const told = { transfers: shown, isReachable: isReachable() !== false };
      return c.html(waitingPage({ viewer, ...told, ...asOfNow(services) }));
    }),
  );
  routes.get(
    "/decided",
    forSignedIn(services, (c, viewer) => {
      const shown = transfers.decided(decidedShownCount);
      const told = { transfers: shown, nameOf: signIn.nameOf };
      return c.html(decidedPage({ viewer, ...told, ...asOfNow(services) }));
    }),
  );
};

const addTransfer = (routes: Hono, services: Services): void => {
  const { transfers, desk, signIn, now } = services;

  const shown = (viewer: Person, transferId: string, failure?: string): Html => {
    const transfer = transfers.find(transferId);
    if (transfer === undefined)
      throw new Problem("not_found", "No transfer of this id has ever waited for approval.");
    return transferPage({
      ...{ viewer, transfer, failure, ...asOfNow(services) },
      history: transfers.history(transferId),
      latest: desk.latest(viewer, transfer),
      reader: { email: viewer.email, nameOf: signIn.nameOf, nowMs: now() },
    });
  };

  const decide = (decision: Decision, shape: typeof approvalShape | typeof denialShape) =>
    forSignedIn(services, async (c, person) => {
      const transferId = c.req.param("id") ?? "";
      try {
        const { reason } = await formBody(c, shape);
        await desk.decide({ person, transferId, decision, reason });
        return c.redirect(`/transfers/${encodeURIComponent(transferId)}#outcome`, 303);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const [status] = problems[error.code];
        return c.html(shown(person, transferId, error.detail), status, error.headers);
      }
    });

  routes.get(
    "/transfers/:id",
    forSignedIn(services, (c, viewer) => c.html(shown(viewer, c.req.param("id") ?? ""))),
  );
  routes.post("/transfers/:id/approval", decide("approval", approvalShape));
  routes.post("/transfers/:id/denial", decide("denial", denialShape));
};

type Handler = (c: Context) => Promise<Response> | Response;

/** Whoever is not signed in does so first, and comes back to the page they wanted. */
const forSignedIn =
  (services: Services, handle: (c: Context, viewer: Person) => ReturnType<Handler>): Handler =>
  (c) => {
    const viewer = services.viewerOf(c);
    if (viewer !== undefined) return handle(c, viewer);
    const next = c.req.method === "GET" ? c.req.path : "/";
    return c.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303);
  };

const formSizeBytes = 16 * 1_024;

/** Nobody reads further; the interface gives all. */
const waitingShownCount = 200;
const decidedShownCount = 100;

const signInShape = z.object({
  email: z.string().max(254),
  password: z.string().max(1_024),
  next: z.string().default("/"),
});

/** Only a path of this app: an address elsewhere would make its sign-in a trap. */
const nextOf = (path: string | undefined): string =>
  path !== undefined && /^\/(?![/\\])[\w\-/]*$/.test(path) ? path : "/";

const asOfNow = ({ transfers, now }: Services) => {
  const count = transfers.countWaiting();
  return { count, waitingCount: count, change: transfers.lastChange(), nowMs: now() };
};
