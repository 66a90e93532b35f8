/** Small pieces that several pages show. */
import { html } from "hono/html";
import { named } from "../saldo/named.ts";
import { traceIdIn } from "../saldo/documents.ts";
import type { Notice } from "../http/notices.ts";
import { nothing, type Html } from "../../web/html.ts";
import { agoText, countText, instantText } from "./texts.ts";

export const moment = (instant: string | number): Html => {
  const date = new Date(instant);
  // Something stored may hold what is none.
  if (Number.isNaN(date.getTime())) return html`<span>${instant}</span>`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}" title="${iso}">${instantText(instant)}</time>`;
};

export const age = (instant: string, nowMs: number): Html =>
  html`<time datetime="${instant}" title="${instant}">${agoText(instant, nowMs)}</time>`;

export const code = (text: string): Html => html`<code>${text}</code>`;

export const badge = (text: string, tone: Tone = "calm"): Html =>
  html`<span class="badge" data-tone="${tone}">${text}</span>`;

export const failedBadge = (failed: number, otherwise: string): Html =>
  failed === 0 ? badge(otherwise, "good") : badge(`${countText(failed)} failed`, "wrong");

export const outcomeBadge = (status: string, code: string | undefined): Html =>
  status === "accepted" ? badge(status, "good") : badge(`${status}: ${code ?? ""}`, "slow");

export type Tone = "calm" | "good" | "slow" | "wrong";

export const noticeBox = (notice: Notice | undefined): Html | string =>
  notice === undefined
    ? nothing
    : html`<p class="notice" data-kind="${notice.kind}" role="status" id="notice">
        ${notice.text}
      </p>`;

export const errorBox = (why: string): Html => html`<p class="notice" data-kind="error">${why}</p>`;

export const empty = (title: string, hint: string | Html): Html =>
  html`<div class="empty">
    <p class="empty-title">${title}</p>
    <p>${hint}</p>
  </div>`;

export const streamLink = (stream: string): Html =>
  html`<a class="id" href="/streams/${stream}">${stream}</a>`;

export const causationPath = (stream: string, commandId: string): string =>
  `/causation?stream=${encodeURIComponent(stream)}&command=${encodeURIComponent(commandId)}`;

export const commandLink = (stream: string, commandId: string): Html =>
  html`<a class="id" href="${causationPath(stream, commandId)}">${commandId}</a>`;

export const traceLink = (traceparent: string | undefined): Html | string => {
  const traceId = traceIdIn(traceparent);
  return traceId === "" ? nothing : html`<a href="/traces/${traceId}">trace</a>`;
};

/** A value that may name something that has a page of its own. */
export const linked = (value: string): Html => {
  const found = named(value);
  switch (found.what) {
    case "trace":
      return html`<a class="id" href="/traces/${found.traceId}">${value}</a>`;
    case "transfer":
      return html`<a class="id" href="/causation?transfer=${found.transferId}">${value}</a>`;
    case "stream":
      return html`<a class="id" href="/streams/${found.stream}">${value}</a>`;
    case "command":
      return html`<a class="id" href="/find?q=${encodeURIComponent(value)}">${value}</a>`;
    case "nothing":
      return html`<span class="value">${value}</span>`;
  }
};

export const json = (value: unknown, label: string): Html =>
  html`<pre class="json" tabindex="0" role="region" aria-label="${label}">
${JSON.stringify(value, null, 2)}</pre>`;

/** A table that scrolls by itself where it is too wide, also by keyboard. */
export const scrolling = (label: string, content: Html): Html =>
  html`<div class="scrolling" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
