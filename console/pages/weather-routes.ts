import { Hono, type Context } from "hono";
import { attempt } from "../azure/source.ts";
import type { Services } from "../http/services.ts";
import { Problem } from "../http/problem.ts";
import { eventPresets, faultPresets } from "../weather/presets.ts";
import { formNumber, formText, optionalText } from "./forms.ts";
import { durationText } from "./texts.ts";
import { weatherPage } from "./weather-page.ts";

/** Each form does one thing and comes back to the page, which says what became of it. */
export const weatherRoutes = (services: Services): Hono => {
  const { controlDoor, eventGrid, notices } = services;
  const routes = new Hono();

  routes.get("/weather", async (c) => {
    const [weather, subscriptions] = await Promise.all([
      attempt(controlDoor.weather()),
      attempt(eventGrid.subscriptions()),
    ]);
    const notice = notices.find(c.req.query("notice"));
    return c.html(weatherPage({ weather, subscriptions, notice }));
  });

  const afterwards = async (c: Context, doing: Promise<void>, text: string): Promise<Response> => {
    const done = await attempt(doing);
    const notice = done.isRead ? ({ kind: "done", text } as const) : failed(done.why);
    return c.redirect(`/weather?notice=${notices.leave(notice)}#notice`, 303);
  };

  routes.post("/weather/faults", async (c) => {
    const preset = presetIn(faultPresets, await formText(c, "fault"));
    const partition = await optionalText(c, "partition");
    const match = partition === "" ? {} : { partitionKey: partition };
    const rule = { ...preset.rule, match: { ...preset.rule.match, ...match } };
    const limits = await limitsIn(c);
    return afterwards(
      c,
      controlDoor.addFault({ ...rule, ...limits }),
      `${preset.label}: in force.`,
    );
  });

  routes.post("/weather/event-rules", async (c) => {
    const { label, effect } = presetIn(eventPresets, await formText(c, "rule"));
    const subscription = await optionalText(c, "subscription");
    const match = subscription === "" ? {} : { subscription };
    const rule = { match, effect, ...(await limitsIn(c)) };
    return afterwards(c, controlDoor.addEventRule(rule), `${label}: in force.`);
  });

  routes.post("/weather/clock", async (c) => {
    const ms = await formNumber(c, "ms", { least: 1, most: mostAdvanceMs });
    const text = `The clock of the emulated Azure was advanced by ${durationText(ms)}.`;
    return afterwards(c, controlDoor.advanceClock(ms), text);
  });

  routes.post("/weather/clear", async (c) => {
    const [kind, id] = [await formText(c, "kind"), await optionalText(c, "id")];
    if (kind === "fault") return afterwards(c, controlDoor.clearFault(id), `${id} is cleared.`);
    if (kind === "rule") return afterwards(c, controlDoor.clearEventRule(id), `${id} is cleared.`);
    return afterwards(c, controlDoor.clearAll(), "All faults and rules are cleared.");
  });
  return routes;
};

const failed = (text: string) => ({ kind: "error", text }) as const;

const mostAdvanceMs = 400 * 86_400_000;

const presetIn = <Presets extends object>(
  presets: Presets,
  name: string,
): Presets[keyof Presets] => {
  if (Object.hasOwn(presets, name)) return presets[name as keyof Presets];
  throw new Problem(400, "The form is not valid", `There is no choice ${name}.`);
};

const limitsIn = async (c: Context): Promise<object> => {
  const percent = await formNumber(c, "percent", { least: 1, most: 100 });
  const times = await optionalText(c, "times");
  if (times !== "" && !(Number.isInteger(Number(times)) && Number(times) > 0))
    throw new Problem(400, "The form is not valid", "How often is a positive whole number.");
  return {
    ...(percent === 100 ? {} : { probability: percent / 100, seed: 1 }),
    ...(times === "" ? {} : { times: Number(times) }),
  };
};
