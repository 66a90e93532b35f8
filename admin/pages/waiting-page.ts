import { html } from "hono/html";
import type { Person } from "../sign-in/sign-in.ts";
import type { KnownTransfer } from "../store/transfers.ts";
import { isOwn } from "../transfers/shown.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { age, note, ownBadge, party, timeLeft, type Moment } from "./parts.ts";
import { moneyText } from "./texts.ts";

type Waiting = Moment & {
  viewer: Person;
  transfers: readonly KnownTransfer[];
  /** Of all, also of those not shown. */
  count: number;
  change: number;
  isReachable: boolean;
};

export const waitingPage = (waiting: Waiting): Html => {
  const { viewer, count, change, nowMs } = waiting;
  return page({
    title: count === 0 ? "Waiting" : `(${count}) Waiting`,
    viewer,
    current: "waiting",
    live: { change, nowMs, waitingCount: count },
    content: html`
      <div class="page-head">
        <h1 tabindex="-1">Waiting for a decision</h1>
        <p class="lede" data-live="summary">${summary(waiting)}</p>
      </div>
      <div data-live="reachable">${waiting.isReachable ? nothing : unreachable}</div>
      <div data-live="waiting">${count === 0 ? empty : table(waiting)}</div>
    `,
  });
};

const summary = ({ count, transfers }: Waiting): string => {
  if (count === 0) return "New transfers appear here by themselves.";
  const all = count === 1 ? "One transfer." : `${count} transfers, the longest waiting first.`;
  return count === transfers.length ? all : `${all} The first ${transfers.length} are shown.`;
};

const unreachable = html`<p class="notice" data-kind="warning">
  Saldo cannot be reached at the moment. This list may be out of date; it catches up by itself.
</p>`;

const empty = html`<div class="empty">
  <p class="empty-title">Nothing is waiting.</p>
  <p>Transfers of 1,000.00 and more come here before they go on.</p>
</div>`;

/** The roles repeat what the elements say: styles that stack cells on a phone would take it away. */
const table = (waiting: Waiting): Html => html`
  <table role="table" class="transfers" aria-label="Transfers that wait for a decision">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col" class="number">Amount</th>
        <th role="columnheader" scope="col">From</th>
        <th role="columnheader" scope="col">To</th>
        <th role="columnheader" scope="col" class="wide">Note</th>
        <th role="columnheader" scope="col" class="number">Waiting for</th>
        <th role="columnheader" scope="col" class="number">Time left</th>
      </tr>
    </thead>
    <tbody role="rowgroup" data-live-rows>
      ${waiting.transfers.map((transfer) => row(transfer, waiting))}
    </tbody>
  </table>
`;

const row = (transfer: KnownTransfer, { viewer, nowMs }: Waiting): Html => {
  const { transferId, from, fromName, to, toName, requestedAt, expiresAt } = transfer;
  const summary = `${moneyText(transfer)} from ${fromName ?? from} to ${toName ?? to}`;
  return html`<tr role="row" data-row="${transferId}" data-summary="${summary}">
    <th role="rowheader" scope="row" class="number">
      <a class="row-link" href="/transfers/${encodeURIComponent(transferId)}"
        >${moneyText(transfer)}<span class="unseen">
          from ${party(fromName, from)} to ${party(toName, to)}</span
        ></a
      >
    </th>
    <td role="cell" data-label="From">
      ${party(fromName, from)} ${isOwn(transfer, viewer.email) ? ownBadge : nothing}
    </td>
    <td role="cell" data-label="To">${party(toName, to)}</td>
    <td role="cell" data-label="Note" class="wide">${note(transfer)}</td>
    <td role="cell" data-label="Waiting for" class="number">${age(requestedAt, { nowMs })}</td>
    <td role="cell" data-label="Time left" class="number">${timeLeft(expiresAt, { nowMs })}</td>
  </tr>`;
};
