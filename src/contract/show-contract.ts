/** The contract over HTTP. Each part is made with its first request, by code that no other request has to load. */
import { createHash } from "node:crypto";
import type { HttpHandler, HttpResponse } from "../platform/http/exchange.ts";

/** `GET /api/openapi.json` */
export const showContract = madeOnce(async () => {
  const { openApiDocument } = await import("./openapi.ts");
  return document(openApiDocument());
});

/** `GET /api/asyncapi.json` */
export const showEventCatalogue = madeOnce(async () => {
  const { asyncApiDocument } = await import("./asyncapi.ts");
  return document(asyncApiDocument());
});

/** `GET /api/docs` */
export const showContractPage = madeOnce(async () => {
  const { openApiDocument } = await import("./openapi.ts");
  const { contractPage } = await import("./page.ts");
  return page(contractPage(openApiDocument()));
});

/** `GET /api/docs/events` */
export const showEventsPage = madeOnce(async () => {
  const { asyncApiDocument } = await import("./asyncapi.ts");
  const { eventsPage } = await import("./events-page.ts");
  return page(eventsPage(asyncApiDocument()));
});

function madeOnce(make: () => Promise<HttpResponse>): HttpHandler {
  let made: Promise<HttpResponse> | undefined;
  return () => (made ??= make());
}

function document(content: object): HttpResponse {
  return lasting("application/json", JSON.stringify(content));
}

/** A page without scripts and without anything from elsewhere; only its own style sheet is allowed. */
async function page(text: string): Promise<HttpResponse> {
  const { pageStyle } = await import("./page-style.ts");
  const style = createHash("sha256").update(pageStyle).digest("base64");
  return lasting("text/html; charset=utf-8", text, {
    "content-security-policy": `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "referrer-policy": "no-referrer",
  });
}

/** It changes only with a deployment. */
function lasting(
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status: 200,
    headers: {
      "content-type": contentType,
      "cache-control": "public, max-age=300",
      "x-content-type-options": "nosniff",
      ...headers,
    },
    body,
  };
}
