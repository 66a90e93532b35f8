import { html } from "hono/html";
import type { Read } from "../azure/source.ts";
import type { LogItem, Trace } from "../azure/telemetry.ts";
import type { CommandDocument } from "../saldo/documents.ts";
import { waterfallOf, type Bar, type Waterfall } from "../traces/waterfall.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import {
  badge,
  commandLink,
  empty,
  errorBox,
  failedBadge,
  linked,
  moment,
  streamLink,
  type Tone,
} from "./parts.ts";
import { countText, durationText, spaced } from "./texts.ts";

export type TraceView = {
  readonly traceId: string;
  readonly trace: Read<Trace | undefined>;
  /** Those whose documents name the trace. */
  readonly commands: Read<readonly CommandDocument[]>;
};

export const tracePage = ({ traceId, trace, commands }: TraceView): Html =>
  page({
    title: `Trace ${traceId}`,
    section: "traces",
    asked: traceId,
    content: html`
      <div class="page-head">
        <h1>Trace</h1>
        <p class="lede"><code>${traceId}</code></p>
      </div>
      ${trace.isRead ? telemetry(trace.value) : errorBox(trace.why)}
      <h2>In Saldo's documents</h2>
      ${commands.isRead ? inDocuments(commands.value) : errorBox(commands.why)}
    `,
  });

const telemetry = (trace: Trace | undefined): Html => {
  if (trace === undefined)
    return empty("The sink has nothing of this trace", "It was not sent, or has been forgotten.");
  const { spans, logs } = trace;
  return html`${spans.length === 0 ? nothing : waterfall(waterfallOf(spans))}
    <h2>Logs and exceptions</h2>
    ${
      logs.length === 0
        ? html`<p class="hint">None.</p>`
        : html`<ul class="logs">
            ${logs.map(log)}
          </ul>`
    }`;
};

const waterfall = (fall: Waterfall): Html => {
  const { bars, startMs, durationMs } = fall;
  const failed = bars.filter(({ span }) => span.isFailed).length;
  return html`<p class="lede">
      ${countText(bars.length)} spans in ${durationText(durationMs)} from ${moment(startMs)}
      ${failedBadge(failed, "all succeeded")}
      <span class="hint"
        >Dashes: the time between a span's end and what followed from it, mostly a feed's.</span
      >
    </p>
    <ol class="waterfall">
      ${bars.map((bar) => row(bar, fall))}
    </ol>`;
};

const scale = 1_000;

const row = ({ span, depth, gapMs }: Bar, { startMs, durationMs }: Waterfall): Html => {
  const x = (ms: number): number => (ms / Math.max(0.001, durationMs)) * scale;
  const left = Math.min(x(span.atMs - startMs), scale - 3);
  const width = Math.min(Math.max(3, x(span.durationMs)), scale - left);
  const name = span.name === "" ? "(no name)" : breakable(span.name);
  return html`<li data-failed="${String(span.isFailed)}">
    <details>
      <summary>
        <span class="span-name" data-depth="${Math.min(depth, 8)}"
          >${name}${span.isFailed ? html` ${badge("failed", "wrong")}` : nothing}</span
        >
        <span class="span-service">${span.service}</span>
        <svg
          class="span-bar"
          viewBox="0 0 ${scale} 12"
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          ${gapMs === undefined ? nothing : gapLine(left - x(gapMs), left)}
          <rect
            class="${span.isFailed ? "bar-failed" : "bar-done"}"
            x="${left}"
            y="2"
            width="${width}"
            height="8"
          />
        </svg>
        <span class="span-time"
          >${durationText(span.durationMs)}${gapMs === undefined ? nothing : after(gapMs)}</span
        >
      </summary>
      <dl class="facts">
        <dt>began</dt>
        <dd>${moment(span.atMs)}, +${durationText(span.atMs - startMs)}</dd>
        <dt>kind</dt>
        <dd>${span.kind} ${span.type}</dd>
        <dt>code</dt>
        <dd>${span.code}</dd>
        <dt>span</dt>
        <dd><code>${span.spanId}</code></dd>
        ${Object.entries(span.attributes).map(
          ([attribute, value]) =>
            html`<dt>${attribute}</dt>
              <dd>${linked(value)}</dd>`,
        )}
      </dl>
    </details>
  </li>`;
};

/** Paths break at their slashes, not anywhere. */
const breakable = (text: string): Html[] =>
  text.split(/(?<=\/)/).map((part) => html`${part}<wbr />`);

const gapLine = (fromX: number, toX: number): Html =>
  html`<line class="gap" x1="${fromX}" x2="${toX}" y1="6" y2="6" />`;

const after = (gapMs: number): Html =>
  html` <span class="hint">after ${durationText(gapMs)}</span>`;

const log = ({ atMs, severity, message, type, stack, service }: LogItem): Html =>
  html`<li>
    ${badge(severities[severity] ?? "information", toneOf(severity))} ${moment(atMs)}
    <span class="hint">${service}</span>
    <span>${type === "" ? message : `${type}: ${message}`}</span>
    ${
      stack === ""
        ? nothing
        : html`<details>
            <summary>Stack</summary>
            <pre class="json" tabindex="0" role="region" aria-label="Stack">${stack}</pre>
          </details>`
    }
  </li>`;

const severities = ["verbose", "information", "warning", "error", "critical"];

const toneOf = (severity: number): Tone =>
  severity >= 3 ? "wrong" : severity === 2 ? "slow" : "calm";

const inDocuments = (commands: readonly CommandDocument[]): Html =>
  commands.length === 0
    ? html`<p class="hint">No stored command bears this trace.</p>`
    : html`<ul class="plain">
        ${commands.map(
          ({ type, stream, commandId, acceptedAt }) =>
            html`<li>
              <strong>${spaced(type)}</strong> ${commandLink(stream, commandId)}
              <span class="hint">in</span> ${streamLink(stream)}
              <span class="hint">at</span> ${moment(acceptedAt)}
            </li>`,
        )}
      </ul>`;
