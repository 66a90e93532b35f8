/**
 * The one place where tests and operators of the emulator change the weather: advance the clock, inject faults, have events
 * arrive twice or late, read what was charged. Plain JSON over HTTP on the loopback interface; never part of Azure. What it
 * serves: routes.ts, docs/emulator-control.md.
 */
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import type { CallerRules } from "../shared/http/callers.ts";
import { isJsonType } from "../shared/http/media-type.ts";
import { type HttpRequest, type HttpServer, serveHttp } from "../shared/http/server.ts";
import type { WireResponse } from "../shared/wire.ts";
import { routesTo, type Answer, type Controlled, type Route } from "./routes.ts";

export type ControlDoor = HttpServer;

export type ControlOptions = CallerRules & {
  /** 0 for any free one. */
  readonly port: number;
};

const mostBodyBytes = 1_048_576;

export function openControlDoor(
  controlled: Controlled,
  options: ControlOptions,
): Promise<ControlDoor> {
  const routes = routesTo(controlled);
  const handle = async (request: HttpRequest): Promise<WireResponse> =>
    respond(await answer(request, routes));
  return serveHttp(handle, {
    ...options,
    foreignPages: "refused",
    mostBodyBytes,
    refuse: (status, message) => respond({ status, body: { message } }),
  });
}

function respond({ status, body }: Answer): WireResponse {
  const headers = { "content-type": "application/json" };
  return { status, headers, body: JSON.stringify(body) };
}

async function answer(request: HttpRequest, routes: readonly Route[]): Promise<Answer> {
  const [path = ""] = request.path.split("?", 1);
  const asked = `${request.method} ${path}`;
  if (!isJsonOrNothing(request)) {
    const message = "Send JSON, with the header content-type: application/json.";
    return { status: 415, body: { message } };
  }
  try {
    const body = bodyOf(request);
    for (const route of routes) {
      const id = idWhere(asked, route.on);
      if (id !== undefined) return await route.act({ body, id });
    }
    const message = `There is no ${asked} here.`;
    return { status: 404, body: { message, routes: routes.map(({ on }) => on) } };
  } catch (error) {
    const { name, message } = error as Error;
    // What was asked is checked by throwing these; anything else is the emulator's own failure.
    const isOfCaller = ["TypeError", "SyntaxError", "URIError"].includes(name);
    return { status: isOfCaller ? 400 : 500, body: { message } };
  }
}

/** What stands in the place of `{id}`, empty where the route has none; undefined for another route. */
function idWhere(asked: string, on: string): string | undefined {
  const [before = "", isWithId] = on.split("{id}");
  if (isWithId === undefined) return asked === on ? "" : undefined;
  const id = asked.startsWith(before) ? asked.slice(before.length) : "";
  return id === "" || id.includes("/") ? undefined : decodeURIComponent(id);
}

/** A form, or a text that a page may send to any address, is never taken for JSON. */
function isJsonOrNothing({ headers, body }: HttpRequest): boolean {
  const type = headers["content-type"];
  return type === undefined ? body.length === 0 : isJsonType(type);
}

/** @throws SyntaxError or TypeError unless it is empty or a JSON object */
function bodyOf(request: HttpRequest): JsonObject {
  if (request.body.length === 0) return {};
  const body: unknown = JSON.parse(request.body.toString());
  if (isJsonObject(body)) return body;
  throw new TypeError("The body of a request is a JSON object.");
}
