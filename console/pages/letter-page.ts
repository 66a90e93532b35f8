import { html } from "hono/html";
import type { DeadLetterDetails, Decision, RecoveryRecord } from "../../contract/client.ts";
import type { LetterAddress } from "../azure/operators.ts";
import type { Notice } from "../http/notices.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { badge, json, linked, moment, noticeBox, traceLink } from "./parts.ts";
import { plural } from "./texts.ts";

export type LetterView = {
  readonly letter: DeadLetterDetails;
  readonly notice: Notice | undefined;
  /** What was typed, when it was refused. */
  readonly typed: { readonly message?: string; readonly reason: string };
};

export const letterPath = ({ lane, id }: LetterAddress): string =>
  `/dead-letters/letter?lane=${encodeURIComponent(lane)}&id=${encodeURIComponent(id)}`;

/** One parked message: why it is parked, what was decided about it, and the forms to decide. */
export const letterPage = ({ letter, notice, typed }: LetterView): Html => {
  const { id, stage, stream, reason, attempts, parkedAt, traceparent, isWaiting } = letter;
  const { canRepair, canDiscard, message, decision, earlierDecisions, records } = letter;
  return page({
    title: `Dead letter ${id}`,
    section: "dead-letters",
    content: html`
      <p class="back"><a href="/dead-letters">Dead letters</a></p>
      <div class="page-head">
        <h1>${id}</h1>
        <p class="lede">
          ${stage} ${linked(stream)}
          ${isWaiting ? badge("parked", "wrong") : badge("no longer parked", "good")}
          <span class="hint">
            ${attempts === 0 ? "not tried" : plural(attempts, "attempt")}, parked at
            ${moment(parkedAt)} ${traceLink(traceparent)}
          </span>
        </p>
      </div>
      ${noticeBox(notice)}
      <p class="${isWaiting && attempts > 0 ? "reason" : "hint"}">${reason}</p>
      <div class="two">
        <div>
          <h2>The message, as it is stored</h2>
          ${
            message === undefined
              ? html`<p class="hint">It is stored nowhere any more.</p>`
              : json(message, "The message, as it is stored")
          }
        </div>
        <div class="form">
          ${canRepair ? repairForm(letter, typed) : nothing}
          ${canDiscard ? discardForm(letter, typed) : nothing}
          ${
            isWaiting && !canRepair && !canDiscard
              ? html`<p class="card">${whyNothing(attempts)}</p>`
              : nothing
          }
          ${decided(decision, earlierDecisions, isWaiting)}
          ${
            records.length === 0
              ? nothing
              : html`<section class="card form" aria-labelledby="records">
                  <h2 id="records">What became of it</h2>
                  ${records.map(recordItem)}
                </section>`
          }
        </div>
      </div>
    `,
  });
};

const whyNothing = (attempts: number): string =>
  attempts === 0
    ? "It only waits behind another message. Decide about the first one of the lane, or replay it."
    : "A message at this stage can only be replayed.";

const repairForm = (
  { lane, id, message, correction }: DeadLetterDetails,
  { message: typed, reason }: LetterView["typed"],
): Html => {
  const text = typed ?? JSON.stringify(correction ?? message ?? {}, null, 2);
  return html`<form method="post" action="/dead-letters/repair" class="card form">
    <h2>Repair</h2>
    <p class="hint">
      Handle this in its place. What is stored stays as it is: the correction stands beside it, and
      every view goes by it. Of a commit, <code>events</code> and <code>outcomes</code> are enough.
    </p>
    ${address(lane, id)}
    <div>
      <label for="repaired">Message (JSON)</label>
      <textarea id="repaired" name="message" rows="16" required spellcheck="false">
${text}</textarea>
    </div>
    ${reasonField("repair", typed === undefined ? "" : reason)}
    <div class="buttons"><button type="submit">Repair</button></div>
  </form>`;
};

const discardForm = (
  { lane, id, stage }: DeadLetterDetails,
  { message: typed, reason }: LetterView["typed"],
): Html =>
  html`<form method="post" action="/dead-letters/discard" class="card form">
    <h2>Discard</h2>
    <p class="hint">${effectOfDiscarding[stage]}</p>
    ${address(lane, id)} ${reasonField("discard", typed === undefined ? reason : "")}
    <div class="buttons"><button type="submit" class="danger">Discard</button></div>
  </form>`;

const effectOfDiscarding: Readonly<Record<DeadLetterDetails["stage"], string>> = {
  handling: "Its sender is told that the command was rejected. Nothing happens.",
  projecting:
    "The commit counts as if nothing had happened, and its commands are rejected. A document that is no part of its stream is archived and removed.",
  publishing: "Others never hear of it. What the views show stays.",
};

const address = (lane: string, id: string): Html =>
  html`<input type="hidden" name="lane" value="${lane}" />
    <input type="hidden" name="id" value="${id}" />`;

const reasonField = (form: string, value: string): Html =>
  html`<div>
    <label for="${form}-reason">Reason</label>
    <input id="${form}-reason" name="reason" value="${value}" maxlength="500" required />
    <p class="hint">Kept with your name for ten years.</p>
  </div>`;

const decided = (
  decision: Decision | undefined,
  earlier: readonly Decision[],
  isWaiting: boolean,
): Html | string => {
  const decisions = [...(decision === undefined ? [] : [decision]), ...earlier.toReversed()];
  if (!isWaiting || decisions.length === 0) return nothing;
  return html`<section class="card form" aria-labelledby="decisions">
    <h2 id="decisions">What was decided</h2>
    <p class="hint">
      The first of these is carried out when its turn comes in a replay of the lane.
    </p>
    ${decisions.map((each) => html`<p>${decisionText(each)}</p>`)}
  </section>`;
};

const decisionText = ({ action, reason, by, at }: Decision): Html =>
  html`<strong>${action}</strong>: ${reason} <span class="hint">${by}, ${moment(at)}</span>`;

const recordItem = ({
  action,
  reason,
  by,
  at,
  effect,
  failure,
  correction,
}: RecoveryRecord): Html =>
  html`<div>
    <p>
      ${badge(effectText[effect])} <strong>${action}</strong>: ${reason}
      <span class="hint">${by}, ${moment(at)}</span>
    </p>
    <p class="hint">It was parked because: ${failure}</p>
    ${
      correction === undefined
        ? nothing
        : html`<details>
            <summary>Correction</summary>
            ${json(correction, "Correction")}
          </details>`
    }
  </div>`;

const effectText: Readonly<Record<RecoveryRecord["effect"], string>> = {
  handled: "handled",
  rejected: "command rejected",
  voided: "commit voided",
  removed: "removed from its stream",
  dropped: "dropped",
  too_late: "had been handled before",
};
