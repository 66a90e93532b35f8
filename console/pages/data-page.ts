import { html } from "hono/html";
import type { Usage } from "../azure/control-door.ts";
import type { ContainerInfo } from "../azure/documents.ts";
import { endpointOf, type Delivery, type Subscription } from "../azure/event-grid.ts";
import { valueOr, type Read } from "../azure/source.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { age, badge, empty, errorBox, linked, scrolling } from "./parts.ts";
import { countText, durationText } from "./texts.ts";

export type DataView = {
  readonly containers: Read<readonly ContainerInfo[]>;
  readonly usage: Read<Usage>;
  readonly subscriptions: Read<readonly Subscription[]>;
};

export const dataPage = ({ containers, usage, subscriptions }: DataView): Html =>
  page({
    title: "Data",
    section: "data",
    content: html`
      <div class="page-head"><h1>Data</h1></div>
      <h2>Containers</h2>
      ${
        containers.isRead
          ? containerTable(containers.value, valueOr(usage, {}))
          : errorBox(containers.why)
      }
      ${usage.isRead ? nothing : errorBox(usage.why)}
      <h2 id="event-grid">Event Grid</h2>
      ${subscriptions.isRead ? subscriptionTable(subscriptions.value) : errorBox(subscriptions.why)}
    `,
  });

const containerTable = (containers: readonly ContainerInfo[], usage: Usage): Html =>
  scrolling(
    "Containers",
    html`<table>
      <thead>
        <tr>
          <th scope="col">Container</th>
          <th scope="col">Partition key</th>
          <th scope="col" class="number">Requests</th>
          <th scope="col" class="number">Request units</th>
        </tr>
      </thead>
      <tbody>
        ${containers.map(({ id, partitionKeyPath }) => {
          const kinds = Object.values(usage[id] ?? {});
          const sum = (of: "requests" | "requestUnits"): number =>
            Math.round(kinds.reduce((total, kind) => total + kind[of], 0));
          return html`<tr>
            <th scope="row"><a href="/data/${id}">${id}</a></th>
            <td><code>${partitionKeyPath}</code></td>
            <td class="number">${countText(sum("requests"))}</td>
            <td class="number">${countText(sum("requestUnits"))}</td>
          </tr>`;
        })}
      </tbody>
    </table>`,
  );

const subscriptionTable = (subscriptions: readonly Subscription[]): Html =>
  subscriptions.length === 0
    ? empty("No subscriptions", "Nobody subscribes to any topic.")
    : scrolling(
        "Event Grid subscriptions",
        html`<table>
          <thead>
            <tr>
              <th scope="col">Subscription</th>
              <th scope="col">Delivers to</th>
              <th scope="col" class="number">Matched</th>
              <th scope="col" class="number">Delivered</th>
              <th scope="col" class="number">Waiting</th>
              <th scope="col" class="number">Failed attempts</th>
              <th scope="col" class="number">Dead letters</th>
              <th scope="col" class="number">Dropped</th>
            </tr>
          </thead>
          <tbody>
            ${subscriptions.map((subscription) => {
              const { topic, name, counts } = subscription;
              const { matched, delivered, waiting, failedAttempts, deadLettered, dropped } = counts;
              return html`<tr>
                <th scope="row">
                  <a href="/data/event-grid/${topic}/${name}">${topic} / ${name}</a>
                </th>
                <td><code class="preview">${endpointOf(subscription)}</code></td>
                ${[matched, delivered, waiting].map(numberCell)}
                ${[failedAttempts, deadLettered, dropped].map(numberCell)}
              </tr>`;
            })}
          </tbody>
        </table>`,
      );

const numberCell = (count: number): Html => html`<td class="number">${countText(count)}</td>`;

export type DeliveriesView = {
  readonly subscription: Subscription;
  readonly deliveries: Read<readonly Delivery[]>;
  readonly nowMs: number;
};

export const deliveriesPage = ({ subscription, deliveries, nowMs }: DeliveriesView): Html => {
  const { topic, name, state, definition } = subscription;
  const types = definition.filter?.includedEventTypes ?? [];
  return page({
    title: `${topic} / ${name}`,
    section: "data",
    live: 3_000,
    content: html`
      <p class="back"><a href="/data#event-grid">Data</a></p>
      <div class="page-head">
        <h1>${topic} / ${name}</h1>
        <p class="lede">
          ${badge(state, state === "Succeeded" ? "good" : "wrong")}
          <code>${endpointOf(subscription)}</code>
        </p>
      </div>
      <details>
        <summary>${countText(types.length)} event types</summary>
        <ul class="plain">
          ${types.map((type) => html`<li><code>${type}</code></li>`)}
        </ul>
      </details>
      <h2>The latest attempts</h2>
      <div data-live="deliveries">
        ${deliveries.isRead ? deliveryTable(deliveries.value, nowMs) : errorBox(deliveries.why)}
      </div>
    `,
  });
};

const deliveryTable = (deliveries: readonly Delivery[], nowMs: number): Html =>
  deliveries.length === 0
    ? empty("No attempts", "None since Event Grid was started.")
    : scrolling(
        "Deliveries",
        html`<table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Events</th>
              <th scope="col" class="number">Attempt</th>
              <th scope="col">Outcome</th>
              <th scope="col" class="number">Status</th>
              <th scope="col" class="number">Took</th>
            </tr>
          </thead>
          <tbody>
            ${deliveries.map(
              ({ at, eventIds, attempt, outcome, status, durationMs }) =>
                html`<tr>
                  <th scope="row">${age(at, nowMs)}</th>
                  <td>${eventIds.map(eventLink)}</td>
                  <td class="number">${attempt}</td>
                  <td>${badge(outcome, outcome === "Delivered" ? "good" : "wrong")}</td>
                  <td class="number">${status ?? "–"}</td>
                  <td class="number">${durationText(durationMs)}</td>
                </tr>`,
            )}
          </tbody>
        </table>`,
      );

/** `{stream}/{version}` */
const eventLink = (eventId: string): Html => {
  const [stream = "", version = ""] = eventId.split("/");
  return html`<span class="pair">${linked(stream)} ${version}</span>`;
};
