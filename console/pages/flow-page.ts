import { html } from "hono/html";
import type { LatestPoint } from "../azure/telemetry.ts";
import { attentionFor, type Matter } from "../flow/attention.ts";
import type { Observations } from "../flow/observations.ts";
import { picture } from "../flow/picture.ts";
import { stationsOf, type Station } from "../flow/stations.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { badge, moment, scrolling } from "./parts.ts";
import { durationText, rateText } from "./texts.ts";

/** The parts of the page that every look at the system renews, by the name of their region. */
export const flowRegions = (seen: Observations): Readonly<Record<string, Html>> => {
  const stations = stationsOf(seen);
  return {
    attention: attention(attentionFor(seen, stations)),
    picture: picture(stations),
    stations: table(stations),
    measured: measured(seen),
  };
};

export const flowPage = (seen: Observations | undefined): Html => {
  const regions = seen === undefined ? {} : flowRegions(seen);
  const region = (name: string): Html | string => regions[name] ?? nothing;
  return page({
    title: "Flow",
    section: "flow",
    live: "flow",
    content: html`
      <div class="page-head">
        <h1>Flow</h1>
        <p class="lede">
          Means of the last ten seconds; looked at every second while this page is open. What
          commands took: half of them, and 95 of 100.
        </p>
      </div>
      <div data-live="attention" aria-live="polite">${region("attention")}</div>
      <div
        class="scrolling card"
        role="region"
        aria-label="Picture of the flow"
        tabindex="0"
        data-live="picture"
      >
        ${region("picture")}
      </div>
      <div class="two">
        <section aria-labelledby="stations-title">
          <h2 id="stations-title">The same as a table</h2>
          <div data-live="stations">${region("stations")}</div>
        </section>
        <section aria-labelledby="measured-title">
          <h2 id="measured-title">Measured</h2>
          <div data-live="measured">${region("measured")}</div>
        </section>
      </div>
    `,
  });
};

const attention = (matters: readonly Matter[]): Html =>
  matters.length === 0
    ? html`<p class="all-well"><span aria-hidden="true">✓</span> Everything flows.</p>`
    : html`<ul class="matters">
        ${matters.map(
          ({ health, where, says, href }) =>
            html`<li data-health="${health}">
              <span class="matter-sign">${health === "wrong" ? "Wrong" : "Watch"}</span>
              <strong>${where}</strong>
              ${href === undefined ? says : html`<a href="${href}">${says}</a>`}
            </li>`,
        )}
      </ul>`;

const table = (stations: readonly Station[]): Html =>
  scrolling(
    "Stations",
    html`<table>
      <thead>
        <tr>
          <th scope="col">Station</th>
          <th scope="col">State</th>
          <th scope="col">Figures</th>
        </tr>
      </thead>
      <tbody>
        ${stations.map(
          ({ title, health, why, figures }) =>
            html`<tr>
              <th scope="row">${title}</th>
              <td>${health === "calm" ? badge("flows", "good") : badge(why ?? "", health)}</td>
              <td>
                ${figures.map(
                  ([name, value]) => html`<span class="pair"><span>${name}</span> ${value}</span>`,
                )}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );

/** Where there were several measurements in an interval, the sink has their sum. */
const meanOf = ({ value, count }: LatestPoint): number => value / Math.max(1, count ?? 1);

/** What the app itself says about its pace, and what Cosmos charges. */
const measured = (seen: Observations): Html => {
  const { metrics, requestUnitsPerSecond, atMs } = seen;
  const rows = metrics.isRead
    ? [
        ...metrics.value.lagMs.map((point) => ({
          name: `feed lag ${point.dimensions["feed"] ?? ""}`,
          value: durationText(meanOf(point)),
        })),
        ...metrics.value.stageMs.map((point) => ({
          name: `stage ${point.dimensions["stage"] ?? ""}`,
          value: durationText(meanOf(point)),
        })),
        ...metrics.value.moneyConserved.map(({ value }) => ({
          name: "money conserved",
          value: value === 1 ? "yes" : "no",
        })),
      ]
    : [];
  const units = requestUnitsPerSecond === undefined ? "–" : rateText(requestUnitsPerSecond);
  return html`<dl class="facts">
      <dt>looked at</dt>
      <dd>${moment(atMs)}</dd>
      <dt>request units</dt>
      <dd>${units}, with what this page reads</dd>
      ${rows.map(
        ({ name, value }) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${
      rows.length > 0
        ? nothing
        : html`<p class="hint">
            The app has sent no metrics in the last two minutes: all figures are counted from feeds,
            leases and subscriptions.
          </p>`
    }`;
};
