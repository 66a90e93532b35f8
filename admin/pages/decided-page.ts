import { html } from "hono/html";
import type { Person } from "../sign-in/sign-in.ts";
import type { KnownTransfer } from "../store/transfers.ts";
import { type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { ago, party, statusBadge, type Moment } from "./parts.ts";
import { moneyText } from "./texts.ts";

type DecidedTransfers = Moment & {
  viewer: Person;
  transfers: readonly KnownTransfer[];
  nameOf: (email: string) => string;
  waitingCount: number;
  change: number;
};

export const decidedPage = (decided: DecidedTransfers): Html => {
  const { viewer, transfers, change, nowMs, waitingCount } = decided;
  return page({
    title: "Decided",
    viewer,
    current: "decided",
    live: { change, nowMs, waitingCount },
    content: html`
      <div class="page-head">
        <h1 tabindex="-1">Decided</h1>
        <p class="lede">What no longer waits, the latest first.</p>
      </div>
      <div data-live="decided">${transfers.length === 0 ? empty : table(decided)}</div>
    `,
  });
};

const empty = html`<div class="empty">
  <p class="empty-title">Nothing has been decided yet.</p>
  <p>Approved and denied transfers are listed here, and those that were taken back or expired.</p>
</div>`;

const table = (decided: DecidedTransfers): Html => html`
  <table role="table" class="transfers" aria-label="Transfers that no longer wait">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col" class="number">Amount</th>
        <th role="columnheader" scope="col">From</th>
        <th role="columnheader" scope="col">To</th>
        <th role="columnheader" scope="col">Outcome</th>
        <th role="columnheader" scope="col">Decided by</th>
        <th role="columnheader" scope="col" class="wide">Reason</th>
        <th role="columnheader" scope="col" class="number">When</th>
      </tr>
    </thead>
    <tbody role="rowgroup" data-live-rows>
      ${decided.transfers.map((transfer) => row(transfer, decided))}
    </tbody>
  </table>
`;

const row = (transfer: KnownTransfer, { nameOf, nowMs }: DecidedTransfers): Html => {
  const { transferId, from, fromName, to, toName, status, decidedBy, decidedAt, reason } = transfer;
  return html`<tr role="row" data-row="${transferId}">
    <th role="rowheader" scope="row" class="number">
      <a class="row-link" href="/transfers/${encodeURIComponent(transferId)}"
        >${moneyText(transfer)}<span class="unseen">
          from ${party(fromName, from)} to ${party(toName, to)}</span
        ></a
      >
    </th>
    <td role="cell" data-label="From">${party(fromName, from)}</td>
    <td role="cell" data-label="To">${party(toName, to)}</td>
    <td role="cell" data-label="Outcome">${statusBadge(status)}</td>
    <td role="cell" data-label="Decided by">
      ${decidedBy === null ? nobody : html`<bdi>${nameOf(decidedBy)}</bdi>`}
    </td>
    <td role="cell" data-label="Reason" class="wide">
      ${reason === null ? none : html`<bdi>${reason}</bdi>`}
    </td>
    <td role="cell" data-label="When" class="number">${ago(decidedAt, { nowMs })}</td>
  </tr>`;
};

const nobody = html`<span class="unknown">nobody</span>`;
const none = html`<span class="unknown">none</span>`;
