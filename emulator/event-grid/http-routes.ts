import type { WireHandler, WireRequest, WireResponse } from "../shared/wire.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import { isJsonType } from "../shared/http/media-type.ts";
import { EventGridError, respondError, respondJson } from "./errors.ts";
import type { SubscriptionControl } from "./management/subscriptions.ts";
import type { Topics } from "./management/topics.ts";
import type { WeatherControl, WeatherRule } from "./rules.ts";
import type { SubscriptionDefinition } from "./subscription.ts";

export type Routed = {
  readonly topics: Topics;
  readonly subscriptions: SubscriptionControl;
  readonly rules: WeatherControl;
  /** Accepts a publish request to a topic. */
  publish(topic: string, request: WireRequest): Promise<void>;
};

/**
 * The service over HTTP.
 *
 *   POST   /{topic}/api/events                        publishes, as in Azure
 *   GET    /validate?token=…                          ends a handshake, as a validationUrl does
 *
 * What in Azure is the resource manager's, here without authentication:
 *
 *   GET    /topics                                    PUT, DELETE /topics/{topic}
 *   GET    /subscriptions                             GET /topics/{topic}/eventSubscriptions
 *   PUT    /topics/{topic}/eventSubscriptions/{name}  DELETE
 *   GET    /topics/{topic}/eventSubscriptions/{name}/deliveries
 *   GET    /rules                                     POST adds one, DELETE /rules[/{id}]
 */
export function createRoutes(service: Routed): WireHandler {
  return async (request) => {
    try {
      return await route(service, request);
    } catch (error) {
      if (error instanceof EventGridError) return respondError(error);
      return respondError(new EventGridError(500, `The emulator failed: ${String(error)}`));
    }
  };
}

async function route(service: Routed, request: WireRequest): Promise<WireResponse> {
  const [pathname = "/", query = ""] = request.path.split("?", 2);
  const segments = pathname.split("/").slice(1);
  const [first = "", ...rest] = segments;
  if (segments.length === 3 && rest.join("/").toLowerCase() === "api/events") {
    if (request.method !== "POST") throw new EventGridError(405, "Events are published by POST.");
    await service.publish(first, request);
    return { status: 200, headers: {}, body: "" };
  }
  switch (first) {
    case "validate":
      return validate(service, new URLSearchParams(query).get("token") ?? "");
    case "topics":
      return ofCaller(() => manageTopics(service, request, rest));
    case "subscriptions":
      return respondJson(200, { subscriptions: service.subscriptions.list() });
    case "rules":
      return ofCaller(() => manageRules(service, request, rest[0]));
    default:
      throw nothingAt(request);
  }
}

/** What is made of the JSON of a caller may find it to be of another shape. */
async function ofCaller(manage: () => WireResponse | Promise<WireResponse>): Promise<WireResponse> {
  try {
    return await manage();
  } catch (error) {
    if (error instanceof TypeError) throw new EventGridError(400, error.message);
    throw error;
  }
}

async function validate({ subscriptions }: Routed, token: string): Promise<WireResponse> {
  if (await subscriptions.validate(token)) {
    return respondJson(200, "Webhook successfully validated as a subscription endpoint.");
  }
  throw new EventGridError(404, "The validation has expired, or there is none to be ended.");
}

async function manageTopics(
  service: Routed,
  request: WireRequest,
  [topic, collection, ...rest]: readonly string[],
): Promise<WireResponse> {
  const { topics } = service;
  if (topic === undefined) return respondJson(200, { topics: topics.list() });
  if (collection === "eventSubscriptions") {
    return manageSubscriptions(service, request, [topic, ...rest]);
  }
  if (collection !== undefined) throw nothingAt(request);
  switch (request.method) {
    case "PUT":
      return respondJson(200, await topics.create(topic, bodyOf(request)));
    case "DELETE":
      await topics.delete(topic);
      return respondJson(200, {});
    default:
      throw new EventGridError(405, "A topic is PUT or DELETEd.");
  }
}

async function manageSubscriptions(
  { subscriptions }: Routed,
  request: WireRequest,
  [topic = "", name, view]: readonly string[],
): Promise<WireResponse> {
  if (name === undefined) return respondJson(200, { subscriptions: subscriptions.list(topic) });
  if (view === "deliveries") {
    return respondJson(200, { deliveries: subscriptions.deliveries(topic, name) });
  }
  if (view !== undefined) throw nothingAt(request);
  switch (request.method) {
    case "PUT": {
      const definition = bodyOf(request) as SubscriptionDefinition;
      return respondJson(200, await subscriptions.create(topic, name, definition));
    }
    case "DELETE":
      await subscriptions.delete(topic, name);
      return respondJson(200, {});
    default:
      throw new EventGridError(405, "A subscription is PUT or DELETEd.");
  }
}

function manageRules(
  { rules }: Routed,
  request: WireRequest,
  id: string | undefined,
): WireResponse {
  switch (request.method) {
    case "GET":
      return respondJson(200, { rules: rules.list() });
    case "POST":
      return respondJson(201, { id: rules.set(bodyOf(request) as WeatherRule) });
    case "DELETE":
      rules.clear(id);
      return respondJson(200, { rules: rules.list() });
    default:
      throw new EventGridError(405, "Rules are read, POSTed or DELETEd.");
  }
}

/**
 * The JSON of a management request; what is made of it checks it. A form, or a text that a page may send to any address, is
 * never taken for JSON.
 */
function bodyOf({ headers, body }: WireRequest): JsonObject {
  const type = headers["content-type"];
  if (body === "" && type === undefined) return {};
  if (!isJsonType(type))
    throw new EventGridError(415, "Send JSON, with the header content-type: application/json.");
  const value = parsed(body === "" ? "{}" : body);
  if (!isJsonObject(value)) throw new EventGridError(400, "The request body is a JSON object.");
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new EventGridError(400, "The request body is not valid JSON.");
  }
}

function nothingAt({ path }: WireRequest): EventGridError {
  return new EventGridError(404, `There is nothing at ${path}.`);
}
