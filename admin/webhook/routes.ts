import { createHash, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { atMost, parsedJson, requireMediaType } from "../http/bodies.ts";
import { Problem } from "../http/problems.ts";
import { type OpenSpan, startSpan } from "../spans.ts";
import type { Register } from "../transfers/register.ts";
import type { Report } from "../transfers/transfer.ts";
import { MalformedEvent, reportFromEvent } from "./cloud-events.ts";

/**
 * Where Event Grid delivers: the handshake of "HTTP 1.1 Web Hooks for Event Delivery" (CloudEvents;
 * Microsoft Learn: "Endpoint validation with CloudEvents schema") and the deliveries themselves,
 * one event a request or a batch. A delivery is kept before it is acknowledged.
 */
export const webhookRoutes = (webhookKey: string, register: Register): Hono => {
  const routes = new Hono();

  routes.on("OPTIONS", path, (c) => {
    if (c.req.header("webhook-request-origin") !== allowedOrigin)
      throw new Problem("origin_not_allowed", `Only ${allowedOrigin} delivers here.`);
    const allowed = { "webhook-allowed-origin": allowedOrigin, "webhook-allowed-rate": "*" };
    return c.body(null, 200, { ...allowed, allow: "POST" });
  });

  routes.post(
    path,
    async (c, next) => {
      if (!isSame(c.req.header(keyHeader) ?? "", webhookKey))
        throw new Problem("wrong_webhook_key", `Send the key agreed upon in ${keyHeader}.`);
      await next();
    },
    atMost(deliverySizeBytes),
    async (c) => {
      const type = requireMediaType(c, [single, batch]);
      const body = await parsedJson(c);
      hear(read(type === single ? [body] : body), register.record);
      return c.body(null, 204);
    },
  );
  return routes;
};

const path = "/webhooks/saldo";
const allowedOrigin = "eventgrid.azure.net";
const keyHeader = "x-saldo-webhook-key";
const single = "application/cloudevents+json";
const batch = "application/cloudevents-batch+json";

/** Event Grid sends 1 MB at most. */
const deliverySizeBytes = 1_536 * 1_024;

/** Keeps reports as heard in spans of their traces. */
const hear = (reports: readonly Report[], record: Register["record"]): void => {
  const heard = reports.map((report) => ({ report, span: hearing(report) }));
  const endAll = (failure?: unknown): void => {
    for (const { span } of heard) span.end(failure);
  };
  try {
    record(heard.map(({ report, span: { traceparent } }) => ({ ...report, traceparent })));
  } catch (error) {
    endAll(error);
    throw error;
  }
  endAll();
};

const hearing = ({ terms: { transferId }, facts, traceparent }: Report): OpenSpan => {
  const what = facts.map((fact) => fact.what).join(", ");
  const attributes = { "saldo.stage": "admin", "saldo.transfer_id": transferId };
  return startSpan(`hear ${what}`, "consumer", traceparent, attributes);
};

const read = (events: unknown): Report[] => {
  if (!Array.isArray(events)) throw new Problem("malformed_event", "A batch is an array.");
  try {
    return events.map(reportFromEvent).filter((report) => report !== undefined);
  } catch (error) {
    if (error instanceof MalformedEvent) throw new Problem("malformed_event", error.message);
    throw error;
  }
};

/** In constant time, also for keys of different lengths. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
