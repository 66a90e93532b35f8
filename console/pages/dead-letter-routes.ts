import { Hono } from "hono";
import { attempt } from "../azure/source.ts";
import type { Services } from "../http/services.ts";
import type { Notice } from "../http/notices.ts";
import { lanesIn } from "../saldo/lanes.ts";
import type { LaneReplay } from "../azure/operators.ts";
import { deadLettersPage } from "./dead-letter-page.ts";
import { optionalText } from "./forms.ts";
import { countText, plural } from "./texts.ts";

export const deadLetterRoutes = (services: Services): Hono => {
  const { operators, documents, controlDoor, notices, now } = services;
  const routes = new Hono();

  routes.get("/dead-letters", async (c) => {
    const [lanes, weather] = await Promise.all([
      attempt(lanesIn(documents)),
      attempt(controlDoor.weather()),
    ]);
    const faults = weather.isRead ? weather.value.faults.length : 0;
    const notice = notices.find(c.req.query("notice"));
    return c.html(deadLettersPage({ lanes, faults, notice, nowMs: now() }));
  });

  routes.post("/dead-letters/replay", async (c) => {
    const lane = await optionalText(c, "lane");
    const replay = await attempt(operators.replay(lane === "" ? undefined : lane));
    const name = notices.leave(
      replay.isRead ? told(replay.value) : { kind: "error", text: replay.why },
    );
    return c.redirect(`/dead-letters?notice=${name}#notice`, 303);
  });
  return routes;
};

const told = (lanes: readonly LaneReplay[]): Notice => {
  const sum = (of: "replayed" | "left"): number =>
    lanes.reduce((total, lane) => total + lane[of], 0);
  const [replayed, left] = [sum("replayed"), sum("left")];
  const [only] = lanes;
  const what = lanes.length === 1 ? (only?.lane ?? "") : plural(lanes.length, "lane");
  const done = `${what}: ${countText(replayed)} replayed`;
  if (left === 0) return { kind: "done", text: `${done}, none left.` };
  const { reason = "" } = lanes.find((lane) => lane.left > 0) ?? {};
  return { kind: "error", text: `${done}, ${countText(left)} left. ${reason}` };
};
