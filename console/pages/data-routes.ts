import { Hono } from "hono";
import { attempt } from "../azure/source.ts";
import type { ContainerInfo } from "../azure/documents.ts";
import { Problem } from "../http/problem.ts";
import type { Services } from "../http/services.ts";
import { containerPage, documentPage } from "./container-page.ts";
import { dataPage, deliveriesPage } from "./data-page.ts";

export const dataRoutes = ({ documents, eventGrid, controlDoor, now }: Services): Hono => {
  const routes = new Hono();

  routes.get("/data", async (c) => {
    const [containers, usage, subscriptions] = await Promise.all([
      attempt(documents.containers()),
      attempt(controlDoor.usage()),
      attempt(eventGrid.subscriptions()),
    ]);
    return c.html(dataPage({ containers, usage, subscriptions }));
  });

  routes.get("/data/event-grid", (c) => c.redirect("/data#event-grid"));

  routes.get("/data/event-grid/:topic/:name", async (c) => {
    const { topic, name } = c.req.param();
    const [subscriptions, deliveries] = await Promise.all([
      eventGrid.subscriptions(),
      attempt(eventGrid.deliveries(topic, name)),
    ]);
    const subscription = subscriptions.find((each) => each.topic === topic && each.name === name);
    if (subscription === undefined)
      throw new Problem(404, "Unknown subscription", `${topic} has no subscription ${name}.`);
    return c.html(deliveriesPage({ subscription, deliveries, nowMs: now() }));
  });

  const containerOf = async (id: string): Promise<ContainerInfo> => {
    const container = (await documents.containers()).find((each) => each.id === id);
    if (container === undefined)
      throw new Problem(404, "Unknown container", `There is no container ${id}.`);
    return container;
  };

  routes.get("/data/:container", async (c) => {
    const container = await containerOf(c.req.param("container"));
    const { partition = "", after = "" } = c.req.query();
    const page = await attempt(
      documents.page(container.id, {
        partition: partition === "" ? undefined : partition,
        continuation: after === "" ? undefined : after,
      }),
    );
    return c.html(containerPage({ container, partition, page }));
  });

  routes.get("/data/:container/:partition/:id", async (c) => {
    const { partition, id } = c.req.param();
    const container = await containerOf(c.req.param("container"));
    const document = await documents.readStored(container.id, partition, id);
    if (document === undefined)
      throw new Problem(404, "Unknown document", `${container.id} has no ${id} in ${partition}.`);
    return c.html(documentPage({ container, partition, document }));
  });
  return routes;
};
