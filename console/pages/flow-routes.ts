import { setTimeout as delay } from "node:timers/promises";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { Services } from "../http/services.ts";
import type { Observations } from "../flow/observations.ts";
import { flowPage, flowRegions } from "./flow-page.ts";

const patienceMs = 1_500;

/** The picture, and the events that keep it current ("Server-sent events", HTML Standard). */
export const flowRoutes = ({ observer, closing }: Services): Hono => {
  const routes = new Hono();
  const rendered = new WeakMap<Observations, string>();

  /** Once for all who watch. */
  const render = async (seen: Observations): Promise<string> => {
    const known = rendered.get(seen);
    if (known !== undefined) return known;
    const regions = Object.entries(flowRegions(seen)).map(
      async ([name, content]) => [name, String(await content)] as const,
    );
    const text = JSON.stringify(Object.fromEntries(await Promise.all(regions)));
    rendered.set(seen, text);
    return text;
  };

  /** Not waited for longer than a reader would: the events bring it as soon as it is there. */
  const firstLook = async (): Promise<Observations | undefined> => {
    const look = Promise.withResolvers<Observations>();
    const leave = observer.watch(look.resolve);
    const seen = await Promise.race([look.promise, delay(patienceMs, undefined, { ref: false })]);
    leave();
    return seen;
  };

  routes.get("/", async (c) => c.html(flowPage(await firstLook())));

  routes.get("/live/flow", (c) =>
    streamSSE(c, async (stream) => {
      let news: Observations | undefined;
      let wake: (() => void) | undefined;
      const leave = observer.watch((seen) => {
        news = seen;
        wake?.();
      });
      const end = (): void => wake?.();
      stream.onAbort(end);
      closing.addEventListener("abort", end);
      while (!stream.aborted && !closing.aborted) {
        // Only the newest: a slow reader skips what is past.
        const seen = news;
        news = undefined;
        if (seen !== undefined)
          await stream.writeSSE({ event: "regions", data: await render(seen) });
        else await new Promise<void>((resolve) => (wake = resolve));
      }
      closing.removeEventListener("abort", end);
      leave();
    }),
  );
  return routes;
};
