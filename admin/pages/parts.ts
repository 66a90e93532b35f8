/** Small pieces that several pages show. */
import { html } from "hono/html";
import type { KnownTransfer } from "../store/transfers.ts";
import type { TransferStatus } from "../transfers/transfer.ts";
import { nothing, type Html } from "../../web/html.ts";
import { agoText, elapsedText, instantText, isSoon, leftText } from "./texts.ts";

export type Moment = { nowMs: number };

/** How long ago, counting on in the browser. */
export const age = (instant: string | null, moment: Moment): Html =>
  instant === null
    ? html`<span class="unknown">unknown</span>`
    : html`<time datetime="${instant}" title="${instantText(instant)}" data-age
        >${elapsedText(instant, moment)}</time
      >`;

/** The same as a point in the past: "12 seconds ago". */
export const ago = (instant: string | null, moment: Moment): Html =>
  instant === null
    ? html`<span class="unknown">unknown</span>`
    : html`<time datetime="${instant}" title="${instantText(instant)}" data-age="ago"
        >${agoText(instant, moment)}</time
      >`;

/** How long a decision is still possible, counting down in the browser. */
export const timeLeft = (instant: string | null, moment: Moment): Html =>
  instant === null
    ? html`<span class="unknown">unknown</span>`
    : html`<time
        datetime="${instant}"
        title="${instantText(instant)}"
        data-left
        ${isSoon(instant, moment) ? html`data-soon` : nothing}
        >${leftText(instant, moment) ?? "time is up"}</time
      >`;

/** An owner's name, or the account's id until the name is known. Isolated: it may be of any script. */
export const party = (name: string | null, accountId: string): Html =>
  name === null ? html`<bdi class="account-id">${accountId}</bdi>` : html`<bdi>${name}</bdi>`;

export const statusBadge = (status: TransferStatus): Html =>
  html`<span class="badge" data-status="${status}">${statusNames[status]}</span>`;

export const ownBadge = html`<span class="badge" data-status="own">Your own</span>`;

export const note = ({ note: text }: KnownTransfer): Html =>
  text === null || text === "" ? html`<span class="unknown">none</span>` : html`<bdi>${text}</bdi>`;

const statusNames = {
  waiting: "Waiting",
  approved: "Approved",
  denied: "Denied",
  cancelled: "Taken back",
  expired: "Expired",
  settled: "Approved, arrived",
  refunded: "Approved, returned",
} as const satisfies Record<TransferStatus, string>;
