import { randomUUID } from "node:crypto";
import type { Clock } from "../../shared/clock.ts";
import { origin } from "../delivery/delivery-request.ts";
import type { Answer, HttpClient, OutgoingRequest } from "../delivery/http-client.ts";
import { EventGridError } from "../errors.ts";
import { isJsonObject } from "../../shared/json.ts";
import type { Subscription } from "../subscription.ts";

export type HandshakeServices = { readonly client: HttpClient; readonly clock: Clock };

const answerWithinMs = 30_000;
const pauseMs = 5_000;

/**
 * Asks an endpoint whether it wants the events of a subscription, each time this is created or
 * updated (documentation: "Endpoint validation with Event Grid event schema" and "Endpoint
 * validation by using CloudEvents schema").
 * @param validationUrl which a person, or the endpoint later, may open instead of answering at once
 * @returns how the endpoint stands; `AwaitingManualAction` when it said 200 and nothing more
 * @throws EventGridError 400 when it did not agree
 */
export async function shakeHands(
  subscription: Omit<Subscription, "number">,
  validationUrl: string,
  services: HandshakeServices,
): Promise<"Succeeded" | "AwaitingManualAction"> {
  const { endpointUrl } = subscription.definition.destination.properties;
  const isCloud = subscription.deliverySchema === "CloudEventSchemaV1_0";
  const code = randomUUID();
  const request = isCloud
    ? permissionRequest(endpointUrl)
    : validationRequest(subscription, code, validationUrl);
  const answer = await ask(request, services);
  if (answer === undefined) throw refused(endpointUrl, "it gave no answer");
  const { status, headers, body } = answer;
  if (status !== 200) throw refused(endpointUrl, `it answered ${status} where 200 is expected`);
  if (isCloud) {
    const allowed = headers["webhook-allowed-origin"];
    if (allowed === "*" || allowed === origin) return "Succeeded";
    throw refused(endpointUrl, `its answer has no WebHook-Allowed-Origin: ${origin} (or *)`);
  }
  const response = validationResponse(body);
  if (response === undefined) return "AwaitingManualAction";
  if (response === code) return "Succeeded";
  throw refused(endpointUrl, "its validationResponse is not the code it was sent");
}

/** An endpoint that does not answer in time is asked once more. */
async function ask(
  request: OutgoingRequest,
  services: HandshakeServices,
): Promise<Answer | undefined> {
  const answer = await askOnce(request, services);
  if (answer !== "too-late") return answer;
  await services.clock.sleep(pauseMs);
  const second = await askOnce(request, services);
  return second === "too-late" ? undefined : second;
}

async function askOnce(
  request: OutgoingRequest,
  { client, clock }: HandshakeServices,
): Promise<Answer | "too-late" | undefined> {
  const abandon = new AbortController();
  const ended = new AbortController();
  const answer = client.send(request, abandon.signal).catch(() => undefined);
  const timeout = clock.sleep(answerWithinMs, ended.signal).then(() => "too-late" as const);
  const first = await Promise.race([answer, timeout]);
  ended.abort();
  abandon.abort();
  return first;
}

function validationRequest(
  { topic, name, definition }: Omit<Subscription, "number">,
  validationCode: string,
  validationUrl: string,
): OutgoingRequest {
  const event = {
    id: randomUUID(),
    topic: topic.resourceId,
    subject: "",
    data: { validationCode, validationUrl },
    eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
    eventTime: new Date().toISOString(),
    metadataVersion: "1",
    dataVersion: "2",
  };
  return {
    method: "POST",
    url: definition.destination.properties.endpointUrl,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "aeg-event-type": "SubscriptionValidation",
      "aeg-subscription-name": name.toUpperCase(),
      "aeg-data-version": "2",
      "aeg-metadata-version": "1",
      "aeg-delivery-count": "0",
      ...staticHeaders(definition),
    },
    body: JSON.stringify([event]),
  };
}

/** Own headers with fixed values also go with the validation, so that it can be authenticated. */
function staticHeaders({ destination }: Subscription["definition"]): Record<string, string> {
  const mappings = destination.properties.deliveryAttributeMappings ?? [];
  const values = mappings.flatMap((mapping) =>
    mapping.type === "Static" ? [[mapping.name.toLowerCase(), mapping.properties.value]] : [],
  );
  return Object.fromEntries(values) as Record<string, string>;
}

function permissionRequest(url: string): OutgoingRequest {
  return { method: "OPTIONS", url, headers: { "webhook-request-origin": origin }, body: "" };
}

function validationResponse(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const response = isJsonObject(value) ? value["validationResponse"] : undefined;
    return typeof response === "string" ? response : undefined;
  } catch {
    return undefined;
  }
}

function refused(url: string, why: string): EventGridError {
  return new EventGridError(
    400,
    `Webhook validation handshake failed for ${new URL(url).origin}${new URL(url).pathname}: ${why}.`,
    "URL validation",
  );
}
