import { html } from "hono/html";
import { decidedIn, type CommitDocument, type Decided } from "../saldo/documents.ts";
import { spanOf, type StoryNode } from "../stories/story.ts";
import { money } from "./money.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import {
  age,
  badge,
  commandLink,
  empty,
  moment,
  scrolling,
  streamLink,
  traceLink,
} from "./parts.ts";
import { countText, durationText, spaced } from "./texts.ts";

export type CausationView = {
  readonly asked: string;
  readonly what: "command" | "transfer";
  readonly roots: readonly StoryNode[];
};

export const causationPage = ({ asked, what, roots }: CausationView): Html => {
  const { startMs, endMs } = spanOf(roots);
  const scale = { asked, startMs, endMs };
  return page({
    title: `Causation of ${asked}`,
    section: "causation",
    asked,
    content: html`
      <div class="page-head">
        <h1>Causation</h1>
        <p class="lede">
          ${what} <code>${asked}</code> · ${countText(count(roots))} commands in
          ${durationText(endMs - startMs)}, from ${moment(startMs)}
        </p>
      </div>
      <p class="hint">
        A command → its outcome → its events → the commands that followed from them. Offsets count
        from the first; bars span from being accepted to being committed.
      </p>
      <ol class="tree">
        ${roots.map((root) => node(root, scale, undefined))}
      </ol>
    `,
  });
};

const count = (nodes: readonly StoryNode[]): number =>
  nodes.reduce((sum, { children }) => sum + 1 + count(children), 0);

type Scale = { readonly asked: string; readonly startMs: number; readonly endMs: number };

const node = (story: StoryNode, scale: Scale, causeMs: number | undefined): Html => {
  const { commandId, stream, type, actor, acceptedAt, traceparent, end, children, parkedAt } =
    story;
  const endMs = end.kind === "decided" ? Date.parse(end.decided.commit.at) : undefined;
  const isAsked = commandId === scale.asked;
  return html`<li>
    <article class="step" ${isAsked ? html`data-asked` : nothing}>
      <header>
        <span class="offset">+${durationText(Date.parse(acceptedAt) - scale.startMs)}</span>
        <strong>${spaced(type)}</strong>
        ${outcome(story)} ${parkedAt.map((stage) => badge(`parked: ${stage}`, "wrong"))}
        <span class="step-links">${traceLink(traceparent)}</span>
      </header>
      ${bar(scale, Date.parse(acceptedAt), endMs, causeMs)}
      <p class="step-where">
        ${streamLink(stream)} <span class="hint">by</span> ${actor}
        <span class="hint">as</span> ${commandLink(stream, commandId)}
      </p>
      ${end.kind === "decided" ? events(end.decided) : nothing}
      ${end.kind === "parked" ? parkedFor(end.reason) : nothing}
    </article>
    ${
      children.length === 0
        ? nothing
        : html`<ol>
            ${children.map((child) => node(child, scale, endMs))}
          </ol>`
    }
  </li>`;
};

const parkedFor = (reason: string): Html =>
  html`<p class="reason">${reason} · <a href="/dead-letters">dead letters</a></p>`;

const outcome = ({ end, acceptedAt }: StoryNode): Html => {
  switch (end.kind) {
    case "pending":
      return badge("pending", "slow");
    case "parked":
      return badge("parked", "wrong");
    case "decided": {
      const { outcome: decided, commit } = end.decided;
      const tookMs = Date.parse(commit.at) - Date.parse(acceptedAt);
      const took = html`<span class="hint">in ${durationText(tookMs)}</span>`;
      if (decided.status === "accepted") return html`${badge("accepted", "good")} ${took}`;
      return html`${badge(`rejected: ${decided.code ?? ""}`, "slow")} ${took}`;
    }
  }
};

const events = ({ events: happened, firstVersion, commit }: Decided): Html =>
  happened.length === 0
    ? html`<p class="hint">No events.</p>`
    : html`<ul class="events">
        ${happened.map(
          ({ type, data }, index) =>
            html`<li>
              <a href="/streams/${commit.stream}?at=${commit.at}#commit-${commit.number}"
                >${type}</a
              >
              <span class="hint">version ${firstVersion + index}</span> ${money(data)}
            </li>`,
        )}
      </ul>`;

const barWidth = 1_000;

/** The dashes before a bar are the time from the cause's commit until the consequence was accepted. */
const bar = (
  { startMs, endMs }: Scale,
  fromMs: number,
  toMs: number | undefined,
  causeMs: number | undefined,
): Html => {
  const x = (ms: number): number => ((ms - startMs) / Math.max(1, endMs - startMs)) * barWidth;
  const width = Math.max(4, x(toMs ?? endMs) - x(fromMs));
  const left = Math.min(x(fromMs), barWidth - 4);
  const hasGap = causeMs !== undefined && causeMs < fromMs;
  return html`<svg
    class="bar-line"
    viewBox="0 0 ${barWidth} 8"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${hasGap ? html`<line class="gap" x1="${x(causeMs)}" x2="${left}" y1="4" y2="4" />` : nothing}
    <rect
      class="${toMs === undefined ? "bar-open" : "bar-done"}"
      x="${left}"
      y="1"
      width="${width}"
      height="6"
    />
  </svg>`;
};

/** Where to begin, if nothing was asked for. */
export const recentCommandsPage = (commits: readonly CommitDocument[], nowMs: number): Html =>
  page({
    title: "Causation",
    section: "causation",
    content: html`
      <div class="page-head">
        <h1>Causation</h1>
        <p class="lede">The latest commands; each opens the tree it belongs to. Or search above.</p>
      </div>
      ${
        commits.length === 0
          ? empty("Nothing has happened yet", "As soon as a command has an outcome, it is here.")
          : scrolling("The latest commands", recent(commits, nowMs))
      }
    `,
  });

const recent = (commits: readonly CommitDocument[], nowMs: number): Html =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">Command</th>
        <th scope="col">Id</th>
        <th scope="col">Outcome</th>
        <th scope="col">Stream</th>
        <th scope="col">By</th>
        <th scope="col">When</th>
      </tr>
    </thead>
    <tbody>
      ${commits.flatMap((commit) =>
        decidedIn(commit).map(
          ({ outcome: { commandId, type, status, code, actor } }) =>
            html`<tr>
              <th scope="row">${spaced(type)}</th>
              <td>${commandLink(commit.stream, commandId)}</td>
              <td>
                ${status === "accepted" ? badge("accepted", "good") : badge(code ?? status, "slow")}
              </td>
              <td>${streamLink(commit.stream)}</td>
              <td>${actor}</td>
              <td>${age(commit.at, nowMs)}</td>
            </tr>`,
        ),
      )}
    </tbody>
  </table>`;
