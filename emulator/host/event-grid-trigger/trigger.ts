import type { IncomingMessage, ServerResponse } from "node:http";
import type { HostFunction } from "../functions.ts";
import { isExtensionAuthorized } from "../http/auth.ts";
import { readAll } from "../http/body.ts";
import { writeJson, writeStatus } from "../http/responses.ts";
import { rewriteJson } from "../newtonsoft-texts.ts";
import {
  isJsonObject,
  objectAt,
  parseJsonObject,
  stringAt,
  type JsonObject,
} from "../../shared/json.ts";
import type { HostServices, TriggerKind } from "../trigger-kind.ts";

const webhook = "/runtime/webhooks/eventgrid";
const extension = "eventgrid";

/**
 * Functions called with one event each, by `POST /runtime/webhooks/EventGrid?functionName=…` with the
 * system key `eventgrid_extension` (source: Azure/azure-sdk-for-net,
 * Microsoft.Azure.WebJobs.Extensions.EventGrid, HttpRequestProcessor.cs).
 */
export function createEventGridTrigger(services: HostServices): TriggerKind {
  const { configuration, frontDoor, logger } = services;
  const functions = new Map<string, HostFunction>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isExtensionAuthorized(extension, request, configuration.keys)) {
      writeStatus(response, 401);
      return;
    }
    const name = new URL(request.url ?? "", frontDoor.url).searchParams.get("functionName") ?? "";
    const target = functions.get(name);
    if (target === undefined) writeText(response, 404, `cannot find function: '${name}'`);
    else await answer(services, target, { request, response });
  };

  return {
    listen: (target) => {
      if (functions.size === 0) {
        frontDoor.mount(webhook, serve);
        if (configuration.keys[`${extension}_extension`] === undefined) {
          const message = "Event Grid cannot call it: Host.Keys has no eventgrid_extension.";
          logger.write("warning", `Function.${target.name}`, message);
        }
      }
      functions.set(target.name, target);
      return { stop: () => Promise.resolve() };
    },
    manualData: (input) => ({ json: rewriteJson(input) }),
  };
}

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

async function answer(
  services: HostServices,
  target: HostFunction,
  { request, response }: Exchange,
): Promise<void> {
  if (request.method === "OPTIONS") {
    response.setHeader("webhook-allowed-origin", allowedOrigin(request));
    writeStatus(response, 200);
    return;
  }
  const eventType = String(request.headers["aeg-event-type"]).toLowerCase();
  switch (eventType) {
    case "subscriptionvalidation": {
      const code = validationCode(JSON.parse((await readAll(request)).toString()));
      writeJson(response, 200, { validationResponse: code });
      return;
    }
    case "notification": {
      const failure = await callForEach(services, target, (await readAll(request)).toString());
      if (failure === undefined) writeStatus(response, 202);
      else writeText(response, 500, failure);
      return;
    }
    default:
      writeStatus(response, eventType === "unsubscribe" ? 202 : 400);
  }
}

/** Origins of the service in Azure's clouds; anybody else is told the public one. */
const origins = [
  "eventgrid.azure.net",
  "eventgrid.azure.us",
  "eventgrid.azure.cn",
  "eventgrid.azure.eaglex.ic.gov",
  "eventgrid.azure.microsoft.scloud",
] as const;

function allowedOrigin(request: IncomingMessage): string {
  const given = request.headers["webhook-request-origin"];
  return origins.find((origin) => origin === given) ?? origins[0];
}

/** From an array with one Event Grid event, or one CloudEvent whose data is JSON in a text. */
function validationCode(body: unknown): string {
  const event: unknown = Array.isArray(body) ? body[0] : body;
  if (!isJsonObject(event)) throw new Error("The validation has no event.");
  const text = stringAt(event, "data");
  const data = text === undefined ? objectAt(event, "data") : parseJsonObject(text, "Its data");
  const code = stringAt(data, "validationCode");
  if (code === undefined) throw new Error("The validation has no validationCode.");
  return code;
}

/** One invocation for each event, all at once; gives why one of them failed, if any did. */
async function callForEach(
  services: HostServices,
  target: HostFunction,
  body: string,
): Promise<string | undefined> {
  const parsed: unknown = JSON.parse(rewriteJson(body));
  const events: readonly unknown[] = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  if (!events.every(isJsonObject)) throw new Error("The notification holds no events.");
  const results = await Promise.allSettled(events.map((event) => call(services, target, event)));
  const failed = results.find((result) => result.status === "rejected");
  return failed === undefined
    ? undefined
    : `Exception while executing function: Functions.${target.name}`;
}

async function call(
  { invoker }: HostServices,
  target: HostFunction,
  event: JsonObject,
): Promise<void> {
  const { data } = event;
  const traceparent = stringAt(event, "traceparent");
  await invoker.invoke(target, {
    data: { json: JSON.stringify(event) },
    triggerMetadata: data === undefined ? {} : { data: { json: JSON.stringify(data) } },
    links: traceparent === undefined ? [] : [traceparent],
  });
}

function writeText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
