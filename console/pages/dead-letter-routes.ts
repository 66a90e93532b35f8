import { Hono, type Context } from "hono";
import { attempt, type Read } from "../azure/source.ts";
import type { Services } from "../http/services.ts";
import type { Notice } from "../http/notices.ts";
import { Problem } from "../http/problem.ts";
import { lanesIn } from "../saldo/lanes.ts";
import type { LaneReplay, LetterAddress } from "../azure/operators.ts";
import { deadLettersPage } from "./dead-letter-page.ts";
import { formText, optionalText } from "./forms.ts";
import { letterPage, letterPath, type LetterView } from "./letter-page.ts";
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

  const show = async (
    c: Context,
    address: LetterAddress,
    { notice, typed }: Pick<LetterView, "notice" | "typed">,
  ): Promise<Response> => {
    const letter = await operators.letter(address);
    if (letter === undefined)
      throw new Problem(404, "There is no such letter", `${address.id} is not in ${address.lane}.`);
    return c.html(letterPage({ letter, notice, typed }), notice?.kind === "error" ? 422 : 200);
  };

  routes.get("/dead-letters/letter", (c) => {
    const { lane = "", id = "" } = c.req.query();
    const notice = notices.find(c.req.query("notice"));
    return show(c, { lane, id }, { notice, typed: { reason: "" } });
  });

  /** What was refused can be put right: it stands in the form as it was typed. */
  const afterwards = async (
    c: Context,
    address: LetterAddress,
    deciding: Promise<readonly LaneReplay[]>,
    typed: LetterView["typed"],
  ): Promise<Response> => {
    const done: Read<readonly LaneReplay[]> = await attempt(deciding);
    if (!done.isRead) return show(c, address, { notice: { kind: "error", text: done.why }, typed });
    const name = notices.leave(told(done.value));
    return c.redirect(`${letterPath(address)}&notice=${name}#notice`, 303);
  };

  const addressIn = async (c: Context): Promise<LetterAddress> => ({
    lane: await formText(c, "lane"),
    id: await formText(c, "id"),
  });

  routes.post("/dead-letters/repair", async (c) => {
    const address = await addressIn(c);
    const [message, reason] = [await formText(c, "message"), await formText(c, "reason")];
    const typed = { message, reason };
    const parsed = objectIn(message);
    if ("why" in parsed)
      return show(c, address, {
        notice: { kind: "error", text: `The message cannot be read: ${parsed.why}.` },
        typed,
      });
    return afterwards(c, address, operators.repair(address, parsed.object, reason), typed);
  });

  routes.post("/dead-letters/discard", async (c) => {
    const address = await addressIn(c);
    const reason = await formText(c, "reason");
    return afterwards(c, address, operators.discard(address, reason), { reason });
  });
  return routes;
};

const objectIn = (text: string): { readonly object: object } | { readonly why: string } => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { object: value }
      : { why: "it must be a JSON object" };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
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
