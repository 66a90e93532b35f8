import { html } from "hono/html";
import type { Read } from "../azure/source.ts";
import type { Notice } from "../http/notices.ts";
import { notedIn, type Lane, type Letter } from "../saldo/lanes.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { letterPath } from "./letter-page.ts";
import {
  age,
  badge,
  code,
  commandLink,
  empty,
  errorBox,
  json,
  linked,
  moment,
  noticeBox,
  traceLink,
} from "./parts.ts";
import { countText, plural, spaced } from "./texts.ts";

export type DeadLettersView = {
  readonly lanes: Read<readonly Lane[]>;
  /** How many are in force in Cosmos DB: what they have broken cannot be repaired before they end. */
  readonly faults: number;
  readonly notice: Notice | undefined;
  readonly nowMs: number;
};

export const deadLettersPage = (view: DeadLettersView): Html => {
  const { lanes, notice } = view;
  return page({
    title: "Dead letters",
    section: "dead-letters",
    live: 3_000,
    content: html`
      <div class="page-head">
        <h1>Dead letters</h1>
        <p class="lede">
          A lane is one stream at one stage. Its first message could not be handled; the others wait
          behind it, so that order is kept. Put right what the reason names and replay, or decide
          about the message: repair it, or do without it.
        </p>
      </div>
      ${noticeBox(notice)}
      <div data-live="lanes">${lanes.isRead ? list(lanes.value, view) : errorBox(lanes.why)}</div>
    `,
  });
};

const list = (lanes: readonly Lane[], view: DeadLettersView): Html =>
  lanes.length === 0
    ? empty("Nothing is parked", "Every message has been handled, or is on its way.")
    : html`${inTheWay(view.faults)} ${lanes.length > 1 ? replayAll : nothing}
      ${lanes.map((lane) => laneCard(lane, view.nowMs))}`;

const replayAll = html`<form method="post" action="/dead-letters/replay" class="above">
  <button type="submit">Replay all lanes</button>
</form>`;

const inTheWay = (faults: number): Html | string =>
  faults === 0
    ? nothing
    : html`<p class="notice" data-kind="watch">
        <a href="/weather">${plural(faults, "fault")} in force</a>: end what is in the way before
        you replay.
      </p>`;

const laneCard = ({ lane, stage, stream, parkedSince, letters }: Lane, nowMs: number): Html =>
  html`<section class="card lane" aria-label="Lane ${lane}">
    <div class="lane-head">
      <h2>${stage}</h2>
      <span>${linked(stream)}</span>
      ${badge(`${countText(letters.length)} parked`, "wrong")}
      <span class="hint">since ${age(parkedSince, nowMs)}</span>
      <form method="post" action="/dead-letters/replay">
        <input type="hidden" name="lane" value="${lane}" />
        <button type="submit" aria-label="Replay ${lane}">Replay</button>
      </form>
    </div>
    <ol class="letters">
      ${letters.map((each) => letterItem(each, { lane, stage, stream }))}
    </ol>
  </section>`;

const letterItem = (
  letter: Letter,
  { lane, stage, stream }: Pick<Lane, "lane" | "stage" | "stream">,
): Html => {
  const { id, reason, attempts, parkedAt, traceparent, message } = letter;
  const tries = attempts === 0 ? "not tried" : plural(attempts, "attempt");
  return html`<li>
    <p>
      <strong>${whatWaits(letter, stage)}</strong>
      ${idLink(id, stage, stream)} ${traceLink(traceparent)}
      <span class="hint">${tries}, parked at ${moment(parkedAt)}</span>
      <a href="${letterPath({ lane, id })}" aria-label="Look at ${id} and decide">decide</a>
    </p>
    <p class="${attempts === 0 ? "hint" : "reason"}">${reason}</p>
    ${
      message === undefined
        ? nothing
        : html`<details>
            <summary>Message</summary>
            ${json(message, `Message ${id}`)}
          </details>`
    }
  </li>`;
};

const whatWaits = ({ message }: Letter, stage: string): string => {
  if (stage === "handling")
    return typeof message?.["type"] === "string" ? spaced(message["type"]) : "Command";
  return stage === "publishing" ? plural(notedIn(message).length, "commit") : "Commit";
};

const idLink = (id: string, stage: string, stream: string): Html => {
  if (stage === "handling") return commandLink(stream, id);
  if (stage === "publishing") return code(id);
  return html`<a class="id" href="/data/events/${stream}/${id}">${id}</a>`;
};
