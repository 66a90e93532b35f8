import { html } from "hono/html";
import { deed, type Reader } from "../decisions/sentences.ts";
import type { Latest } from "../decisions/desk.ts";
import { reasonLengthMost } from "../decisions/reasons.ts";
import type { Person } from "../sign-in/sign-in.ts";
import type { KnownTransfer } from "../store/transfers.ts";
import { isOwn } from "../transfers/shown.ts";
import type { Fact, Happening } from "../transfers/transfer.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { age, ago, note, party, statusBadge, timeLeft } from "./parts.ts";
import { instantText, moneyText } from "./texts.ts";

export type TransferView = {
  viewer: Person;
  transfer: KnownTransfer;
  history: readonly Fact[];
  /** The viewer's latest attempt to decide. */
  latest: Latest | undefined;
  /** What went wrong with what was just sent. */
  failure: string | undefined;
  reader: Reader;
  waitingCount: number;
  change: number;
};

export const transferPage = (view: TransferView): Html => {
  const { viewer, transfer, reader, waitingCount, change } = view;
  const { from, fromName, to, toName, status } = transfer;
  return page({
    title: `${moneyText(transfer)} from ${fromName ?? from}`,
    viewer,
    live: { change, nowMs: reader.nowMs, waitingCount },
    content: html`
      <p class="back">
        <a href="${status === "waiting" ? "/" : "/decided"}"
          ><span aria-hidden="true">←</span> ${status === "waiting" ? "Waiting" : "Decided"}</a
        >
      </p>
      <div class="page-head transfer-head" data-live="heading">
        <h1 tabindex="-1">
          <span class="amount">${moneyText(transfer)}</span>
          <span class="parties">from ${party(fromName, from)} to ${party(toName, to)}</span>
        </h1>
        ${statusBadge(status)}
      </div>
      <div class="columns">
        ${details(view)}
        <section class="card decision" aria-labelledby="decision">
          <h2 id="decision">Decision</h2>
          ${outcome(view)}
          <div data-live="decision" data-announce>${decision(view)}</div>
        </section>
        ${history(view)}
      </div>
    `,
  });
};

/** Always there: what is put into it later is read out. */
const outcome = ({ latest, failure }: TransferView): Html => {
  const kind = failure === undefined ? (latest?.outcome ?? "failed") : "failed";
  const text = failure ?? latest?.detail;
  return html`<div
    class="outcome"
    role="status"
    id="outcome"
    tabindex="-1"
    ${text === undefined ? nothing : html`data-outcome="${kind}"`}
  >
    ${text ?? nothing}
  </div>`;
};

const decision = (view: TransferView): Html => {
  const { transfer, reader, viewer } = view;
  if (transfer.status !== "waiting") {
    return html`<p>
        ${deed(transfer, reader)}
        ${transfer.decidedAt === null ? nothing : ago(transfer.decidedAt, reader)}.
      </p>
      ${transfer.reason === null ? nothing : html`<p class="quote"><bdi>${transfer.reason}</bdi></p>`}`;
  }
  return html`${isOwn(transfer, viewer.email) ? ownNotice : nothing} ${form(view, "approval")}
  ${form(view, "denial")}`;
};

/** The address of an account is what somebody typed: it must not keep an approver from deciding. Saldo knows the owner. */
const ownNotice = html`<p>
  <strong>This may be your own transfer:</strong> an account was opened with your e-mail address. If
  you own it, somebody else has to decide, and Saldo refuses your decision.
</p>`;

const form = ({ transfer, latest }: TransferView, kind: "approval" | "denial"): Html => {
  const action = `/transfers/${encodeURIComponent(transfer.transferId)}/${kind}`;
  const { label, hint, button } = words[kind];
  // What may have reached Saldo already can only be repeated as it was.
  const isSent = latest?.decision === kind && latest.outcome === undefined;
  return html`<form method="post" action="${action}" data-decision="${kind}">
    <label for="${kind}-reason">${label}</label>
    <p class="hint" id="${kind}-hint">
      ${isSent ? "It was sent with this reason before, and is sent again as it was." : hint}
    </p>
    <input
      type="text"
      id="${kind}-reason"
      name="reason"
      maxlength="${reasonLengthMost}"
      autocomplete="off"
      aria-describedby="${kind}-hint"
      ${isSent ? html`readonly value="${latest.reason ?? ""}"` : nothing}
      ${kind === "denial" ? html`required` : nothing}
    />
    <button type="submit" class="${kind}">${button}</button>
  </form>`;
};

const words = {
  approval: { label: "Reason for approving", hint: "Optional.", button: "Approve" },
  denial: { label: "Reason for denying", hint: "Required: the sender is told.", button: "Deny" },
};

const details = ({ transfer, reader }: TransferView): Html => {
  const { from, fromName, fromEmail, to, toName, toEmail, status } = transfer;
  return html`<section class="card" aria-labelledby="details" data-live="details">
    <h2 id="details">Details</h2>
    <dl>
      <dt>From</dt>
      <dd>${owner(fromName, fromEmail, from)}</dd>
      <dt>To</dt>
      <dd>${owner(toName, toEmail, to)}</dd>
      <dt>Note</dt>
      <dd>${note(transfer)}</dd>
      ${
        status === "waiting"
          ? html`<dt>Waiting for</dt>
              <dd>${age(transfer.requestedAt, reader)}</dd>
              <dt>Time left</dt>
              <dd>${timeLeft(transfer.expiresAt, reader)}</dd>`
          : nothing
      }
      <dt>Transfer</dt>
      <dd class="account-id">${transfer.transferId}</dd>
    </dl>
  </section>`;
};

const owner = (name: string | null, email: string | null, accountId: string): Html => html`
  ${name === null ? nothing : html`<span class="owner"><bdi>${name}</bdi></span>`}
  ${email === null ? nothing : html`<span class="email"><bdi>${email}</bdi></span>`}
  <span class="account-id">${accountId}</span>
`;

const history = ({ history: facts, reader }: TransferView): Html => html`
  <section class="card" aria-labelledby="history" data-live="history">
    <h2 id="history">History</h2>
    <ol class="history">
      ${facts.map(
        ({ what, at, by, reason }) =>
          html`<li data-what="${what}">
            <span class="what">${happenings[what]}${byWhom(by, reader)}</span>
            <time datetime="${at}">${instantText(at)}</time>
            ${reason === null ? nothing : html`<span class="quote"><bdi>${reason}</bdi></span>`}
          </li>`,
      )}
    </ol>
  </section>
`;

/** Accounts and processes are told by what happened; people by name. */
const byWhom = (by: string | null, { nameOf }: Reader): Html | string => {
  const [, email] = /^approver:(.+)$/.exec(by ?? "") ?? [];
  return email === undefined ? nothing : html` by <bdi>${nameOf(email)}</bdi>`;
};

const happenings = {
  approval_requested: "Approval requested",
  approved: "Approved",
  denied: "Denied",
  cancelled: "Taken back by the sender",
  expired: "Expired: nobody decided in time",
  settled: "Arrived",
  refunded: "Given back to the sender",
} as const satisfies Record<Happening, string>;
