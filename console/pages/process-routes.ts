import { Hono } from "hono";
import { attempt } from "../azure/source.ts";
import type { Services } from "../http/services.ts";
import { Problem } from "../http/problem.ts";
import { instancePage } from "./instance-page.ts";
import { processesPage } from "./processes-page.ts";

export const processRoutes = ({ operators, instances, documents, now }: Services): Hono => {
  const routes = new Hono();
  routes.get("/processes", async (c) => {
    const [led, listed] = await Promise.all([
      attempt(operators.processes()),
      attempt(instances.list()),
    ]);
    return c.html(processesPage({ led, listed, nowMs: now() }));
  });
  routes.get("/processes/:id", async (c) => {
    const id = c.req.param("id");
    const instance = await instances.find(id);
    if (instance === undefined)
      throw new Problem(404, "Unknown instance", `The task hub knows no ${id}.`);
    const view = await attempt(documents.read("transfers", id, id));
    return c.html(instancePage({ instance, view }));
  });
  return routes;
};
