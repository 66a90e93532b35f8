import { html } from "hono/html";
import type { Rule, Weather } from "../azure/control-door.ts";
import type { Subscription } from "../azure/event-grid.ts";
import { valueOr, type Read } from "../azure/source.ts";
import type { Notice } from "../http/notices.ts";
import { clockSteps, eventPresets, faultPresets } from "../weather/presets.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { empty, errorBox, moment, noticeBox, scrolling } from "./parts.ts";
import { countText, durationText, shortJson } from "./texts.ts";

export type WeatherView = {
  readonly weather: Read<Weather>;
  readonly subscriptions: Read<readonly Subscription[]>;
  readonly notice: Notice | undefined;
};

export const weatherPage = ({ weather, subscriptions, notice }: WeatherView): Html =>
  page({
    title: "Weather",
    section: "weather",
    content: html`
      <div class="page-head">
        <h1>Weather</h1>
        <p class="lede">
          What the emulated Azure is made to do wrong. The console sees the same weather: a fault
          may hit its own reads.
        </p>
      </div>
      ${noticeBox(notice)} ${weather.isRead ? inForce(weather.value) : errorBox(weather.why)}
      <div class="three">
        ${faultForm} ${eventForm(valueOr(subscriptions, []))}
        ${weather.isRead ? clockForm(weather.value) : nothing}
      </div>
    `,
  });

const inForce = ({ faults, eventRules }: Weather): Html => {
  const rules = [
    ...faults.map((rule) => ({ rule, kind: "fault", where: "Cosmos DB" })),
    ...eventRules.map((rule) => ({ rule, kind: "rule", where: "Event Grid" })),
  ];
  if (rules.length === 0) return empty("Fair weather", "No fault and no rule is in force.");
  return html`<h2>In force</h2>
    ${scrolling(
      "Faults and rules in force",
      html`<table>
        <thead>
          <tr>
            <th scope="col">Id</th>
            <th scope="col">Where</th>
            <th scope="col">Strikes</th>
            <th scope="col">Effect</th>
            <th scope="col">Limits</th>
            <th scope="col" class="number">Hits</th>
            <th scope="col"><span class="unseen">Clear</span></th>
          </tr>
        </thead>
        <tbody>
          ${rules.map(ruleRow)}
        </tbody>
      </table>`,
    )}
    <form method="post" action="/weather/clear" class="after-table">
      <input type="hidden" name="kind" value="all" />
      <button type="submit">Clear all</button>
    </form>`;
};

const ruleRow = ({ rule, kind, where }: { rule: Rule; kind: string; where: string }): Html => {
  const { id, hits, match = {}, effect, times, probability } = rule;
  const limits = [
    ...(times === undefined ? [] : [`${countText(times)} times`]),
    ...(probability === undefined ? [] : [`${Math.round(probability * 100)} %`]),
  ];
  return html`<tr>
    <th scope="row"><code>${id}</code></th>
    <td>${where}</td>
    <td><code>${Object.keys(match).length === 0 ? "everything" : shortJson(match)}</code></td>
    <td><code>${shortJson(effect)}</code></td>
    <td>${limits.length === 0 ? "none" : limits.join(", ")}</td>
    <td class="number">${countText(hits)}</td>
    <td>
      <form method="post" action="/weather/clear">
        <input type="hidden" name="kind" value="${kind}" />
        <input type="hidden" name="id" value="${id}" />
        <button type="submit" class="plain" aria-label="Clear ${id}">Clear</button>
      </form>
    </td>
  </tr>`;
};

const options = (presets: Readonly<Record<string, { readonly label: string }>>): Html[] =>
  Object.entries(presets).map(
    ([name, { label }]) => html`<option value="${name}">${label}</option>`,
  );

const limits = (prefix: string): Html =>
  html`<p class="field">
      <label for="${prefix}-percent">In how many of 100 cases</label>
      <input
        id="${prefix}-percent"
        name="percent"
        type="number"
        min="1"
        max="100"
        value="100"
        required
      />
    </p>
    <p class="field">
      <label for="${prefix}-times">How often at most</label>
      <input id="${prefix}-times" name="times" type="number" min="1" placeholder="until cleared" />
    </p>`;

const faultForm = html`<form
  method="post"
  action="/weather/faults"
  class="card form"
  aria-labelledby="break-cosmos"
>
  <h2 id="break-cosmos">Break something in Cosmos DB</h2>
  <p class="field">
    <label for="fault">What</label>
    <select id="fault" name="fault">
      ${options(faultPresets)}
    </select>
  </p>
  <p class="field">
    <label for="fault-partition">Only this partition</label>
    <input id="fault-partition" name="partition" placeholder="account-…" spellcheck="false" />
  </p>
  ${limits("fault")}
  <button type="submit" class="danger">Break it</button>
</form>`;

const eventForm = (subscriptions: readonly Subscription[]): Html =>
  html`<form
    method="post"
    action="/weather/event-rules"
    class="card form"
    aria-labelledby="bend-events"
  >
    <h2 id="bend-events">Trouble Event Grid's deliveries</h2>
    <p class="field">
      <label for="rule">What</label>
      <select id="rule" name="rule">
        ${options(eventPresets)}
      </select>
    </p>
    <p class="field">
      <label for="rule-subscription">Only this subscription</label>
      <select id="rule-subscription" name="subscription">
        <option value="">all</option>
        ${subscriptions.map(({ name }) => html`<option>${name}</option>`)}
      </select>
    </p>
    ${limits("rule")}
    <button type="submit" class="danger">Trouble them</button>
  </form>`;

const clockForm = ({ now, aheadMs }: Weather): Html =>
  html`<section class="card form" aria-labelledby="clock">
    <h2 id="clock">Clock</h2>
    <p>
      ${moment(now)}
      <span class="hint">${aheadText(aheadMs)}</span>
    </p>
    <p class="hint">
      Everything here lives in this time. Advancing it wakes whatever waits for an instant that has
      come: processes, retries, expiry. It cannot be turned back.
    </p>
    <div class="buttons">
      ${clockSteps.map(
        ([label, ms]) =>
          html`<form method="post" action="/weather/clock">
            <input type="hidden" name="ms" value="${ms}" />
            <button type="submit">Advance ${label}</button>
          </form>`,
      )}
    </div>
  </section>`;

const aheadText = (aheadMs: number): string =>
  aheadMs > 1_000 ? `${durationText(aheadMs)} ahead of this machine` : "as this machine's";
