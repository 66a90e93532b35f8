import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import { charges } from "../charges.ts";
import type { Container } from "../container.ts";
import { type Throughput, validThroughput } from "../container-definition.ts";
import type { JsonObject } from "../sql/index.ts";
import type { Account } from "./account.ts";
import { checkIfMatch } from "./errors.ts";
import { asObject, parseJsonObject } from "./json-body.ts";
import { notAllowed, nowSeconds, resourceNotFound, respondFeed } from "./resource-feed.ts";
import { respond } from "./responses.ts";

/** `/offers`: what throughput the containers have. A container without any has no offer. */
export function handleOffers(account: Account, request: WireRequest): WireResponse {
  const containers = account.store.resources.containers();
  const resources = containers.filter(({ throughput }) => throughput !== undefined).map(toBody);
  return respondFeed({ rid: "", name: "Offers", resources }, request);
}

/** `/offers/{id}`: reads the throughput of one container, or changes it. */
export async function handleOffer(
  account: Account,
  id: string,
  request: WireRequest,
): Promise<WireResponse> {
  const { resources, transactions } = account.store;
  const existing = (): Container => {
    const found = resources
      .containers()
      .find((container) => container.throughput !== undefined && offerId(container) === id);
    if (found === undefined) throw resourceNotFound(`offers/${id}`);
    return found;
  };
  if (request.method === "GET") return respondOffer(existing());
  if (request.method !== "PUT") throw notAllowed(request);
  const throughput = readContent(parseJsonObject(request.body, "An offer"));
  const replaced = await transactions.run(() => {
    const container = existing();
    checkIfMatch(request.headers, etagOf(container));
    const { definition, partitioning } = container;
    const rangeCount = partitioning.ranges.length;
    const settings = { definition, throughput, ts: nowSeconds(account), rangeCount };
    return resources.replaceContainer(container, settings);
  });
  return respondOffer(replaced);
}

const offerId = ({ number }: Container): string => `offer${number}`;
const etagOf = (container: Container): string => `"${offerId(container)}-${container.revision}"`;

function readContent({ content }: JsonObject): Throughput {
  const { offerThroughput, offerAutopilotSettings } = asObject(content, "The content of an offer");
  if (offerAutopilotSettings === undefined) return validThroughput("manual", offerThroughput);
  const { maxThroughput } = asObject(offerAutopilotSettings, "offerAutopilotSettings");
  return validThroughput("autoscale", maxThroughput);
}

function toBody(container: Container): JsonObject {
  const { rid, database, throughput, ts } = container;
  const id = offerId(container);
  const requestUnits = throughput?.requestUnits ?? 0;
  const isAutoscale = throughput?.kind === "autoscale";
  return {
    id,
    offerVersion: "V2",
    offerType: "Invalid",
    content: {
      offerThroughput: requestUnits,
      ...(isAutoscale && { offerAutopilotSettings: { maxThroughput: requestUnits } }),
    },
    resource: `dbs/${database.rid}/colls/${rid}/`,
    offerResourceId: rid,
    _rid: id,
    _self: `offers/${id}/`,
    _etag: etagOf(container),
    _ts: ts,
  };
}

function respondOffer(container: Container): WireResponse {
  const body = JSON.stringify(toBody(container));
  return respond({ status: 200, body, charge: charges.metadata });
}
