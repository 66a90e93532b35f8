import { html } from "hono/html";
import type { Read } from "../azure/source.ts";
import type { TraceFilter, TraceSummary } from "../azure/telemetry.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { empty, errorBox, failedBadge, moment, scrolling } from "./parts.ts";
import { countText, durationText } from "./texts.ts";

/** What changes something, until somebody asks for more: reads and timers are many and tell little. */
export const firstFilter: TraceFilter = {
  name: "POST /api",
  service: "",
  attribute: "",
  minDurationMs: "",
  failed: "",
};

export const tracesPage = (filter: TraceFilter, traces: Read<readonly TraceSummary[]>): Html =>
  page({
    title: "Traces",
    section: "traces",
    content: html`
      <div class="page-head">
        <h1>Traces</h1>
        <p class="lede">
          ${
            filter === firstFilter
              ? html`What clients asked to be done.
                  <a href="/traces?name=">Reads and timers as well</a>`
              : html`<a href="/traces">What clients asked to be done</a>`
          }
        </p>
      </div>
      <form class="filters" action="/traces">
        ${field("name", "A name contains", filter.name)}
        ${field("service", "Service", filter.service)}
        ${field("attribute", "Attribute", filter.attribute, "saldo.transfer_id=… or a value")}
        ${field("minDurationMs", "At least (ms)", filter.minDurationMs)}
        <p class="field check">
          <input
            type="checkbox"
            id="failed"
            name="failed"
            value="true"
            ${filter.failed === "true" ? html`checked` : nothing}
          />
          <label for="failed">Failed only</label>
        </p>
        <button type="submit">Search</button>
      </form>
      ${traces.isRead ? list(traces.value, filter) : errorBox(traces.why)}
    `,
  });

const field = (name: string, label: string, value: string, hint = ""): Html =>
  html`<p class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value}" placeholder="${hint}" />
  </p>`;

const list = (traces: readonly TraceSummary[], filter: TraceFilter): Html => {
  if (traces.length === 0)
    return Object.values(filter).some((value) => value !== "")
      ? empty("No trace is like that", "Spans arrive some seconds after they have ended.")
      : empty("No traces yet", "The sink has received no spans. Causation is told by documents.");
  const longest = Math.max(...traces.map(({ durationMs }) => durationMs));
  return scrolling(
    "Traces",
    html`<table>
      <thead>
        <tr>
          <th scope="col">Operation</th>
          <th scope="col">Began</th>
          <th scope="col" class="number">Took</th>
          <th scope="col"><span class="unseen">Compared</span></th>
          <th scope="col" class="number">Spans</th>
          <th scope="col">Services</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        ${traces.map(
          ({ traceId, name, services, startedMs, durationMs, spans, failedSpans }) =>
            html`<tr>
              <th scope="row">
                <a href="/traces/${traceId}">${name === "" ? "(no name)" : name}</a>
              </th>
              <td>${moment(startedMs)}</td>
              <td class="number">${durationText(durationMs)}</td>
              <td>
                <svg
                  class="compared"
                  viewBox="0 0 100 8"
                  preserveAspectRatio="none"
                  aria-hidden="true"
                >
                  <rect
                    class="bar-done"
                    y="1"
                    height="6"
                    width="${((durationMs / Math.max(1, longest)) * 100).toFixed(1)}"
                  />
                </svg>
              </td>
              <td class="number">${countText(spans)}</td>
              <td>${services.join(", ")}</td>
              <td>${failedBadge(failedSpans, "ok")}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
};
