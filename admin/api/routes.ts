import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
import { z } from "zod";
import { approvalShape, denialShape } from "../decisions/reasons.ts";
import type { Decided } from "../decisions/desk.ts";
import { atMost, jsonBody } from "../http/bodies.ts";
import { Problem } from "../http/problems.ts";
import { signedIn, type Services } from "../http/services.ts";
import { historyEntry, isOwn, listItem } from "../transfers/shown.ts";

/** The interface for scripts: docs/admin.md. */
export const apiRoutes = (services: Services): Hono => {
  const { transfers, desk, live, signIn, cookie } = services;
  const routes = new Hono();
  routes.use(atMost(bodySizeBytes));

  routes.post("/session", async (c) => {
    const { email, password } = await jsonBody(c, credentialsShape);
    const place = getConnInfo(c).remote.address ?? "";
    const { person, token } = await signIn.signIn({ email, password, place });
    cookie.write(c, token);
    return c.json(person);
  });
  routes.get("/session", (c) => c.json(signedIn(services, c)));
  routes.delete("/session", (c) => {
    signIn.signOut(cookie.read(c));
    cookie.remove(c);
    return c.body(null, 204);
  });

  routes.get("/transfers", (c) => {
    signedIn(services, c);
    const status = c.req.query("status");
    if (status !== "waiting" && status !== "decided")
      throw new Problem("invalid_request", "status: is waiting or decided.");
    const found = status === "waiting" ? transfers.waiting() : transfers.decided(decidedCount);
    return c.json({ items: found.map(listItem) });
  });
  routes.get("/transfers/:id", (c) => {
    const { email } = signedIn(services, c);
    const transfer = transfers.find(c.req.param("id"));
    if (transfer === undefined)
      throw new Problem("not_found", "No transfer of this id has ever waited for approval.");
    const history = transfers.history(transfer.transferId).map(historyEntry);
    return c.json({ ...listItem(transfer), history, isOwn: isOwn(transfer, email) });
  });

  routes.post("/transfers/:id/approval", async (c) => {
    const person = signedIn(services, c);
    const { reason } = await jsonBody(c, approvalShape);
    const transferId = c.req.param("id");
    return c.json(shown(await desk.decide({ person, transferId, decision: "approval", reason })));
  });
  routes.post("/transfers/:id/denial", async (c) => {
    const person = signedIn(services, c);
    const { reason } = await jsonBody(c, denialShape);
    const transferId = c.req.param("id");
    return c.json(shown(await desk.decide({ person, transferId, decision: "denial", reason })));
  });

  routes.get("/live", (c) => {
    signedIn(services, c);
    const after = Number(c.req.header("last-event-id") ?? c.req.query("after") ?? Number.NaN);
    const start = Number.isSafeInteger(after) && after >= 0 ? after : transfers.lastChange();
    const stream = live.open(start, () => services.viewerOf(c) !== undefined);
    return c.body(stream, 200, { "content-type": "text/event-stream", "x-accel-buffering": "no" });
  });
  return routes;
};

const bodySizeBytes = 16 * 1_024;

/** The latest ones; what is older is Saldo's to tell. */
const decidedCount = 500;

const credentialsShape = z.object({ email: z.string().max(254), password: z.string().max(1_024) });

const shown = ({ outcome, detail, transfer }: Decided) => ({
  outcome,
  detail,
  transfer: listItem(transfer),
});
