import { html } from "hono/html";
import type { StoredDocument } from "../azure/documents.ts";
import type { Entry } from "../saldo/commits.ts";
import {
  decidedIn,
  type CommitDocument,
  type Decided,
  type EventPart,
} from "../saldo/documents.ts";
import { fieldsOf, type Field } from "../streams/fold.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { money, unitsText } from "./money.ts";
import {
  badge,
  commandLink,
  empty,
  linked,
  moment,
  outcomeBadge,
  scrolling,
  streamLink,
  traceLink,
} from "./parts.ts";
import { countText, durationText, plural, spaced } from "./texts.ts";

export type StreamView = {
  readonly stream: string;
  /** Newest first; perhaps one more than is shown. */
  readonly entries: readonly Entry[];
  readonly shown: number;
  /** The read model, if there is one. */
  readonly account: StoredDocument | undefined;
  readonly isLatest: boolean;
};

export const streamPage = ({ stream, entries, shown, account, isLatest }: StreamView): Html => {
  const [newest] = entries;
  const head = newest !== undefined && "commit" in newest ? newest.commit : undefined;
  const older = entries[shown];
  const name = account?.["name"];
  return page({
    title: stream,
    section: "streams",
    asked: stream,
    content: html`
      <div class="page-head">
        <h1>${stream}</h1>
        <p class="lede">
          ${typeof name === "string" ? html`<bdi>${name}</bdi> · ` : nothing}${
            head === undefined
              ? badge("its last document cannot be read", "wrong")
              : `version ${countText(head.version)}, commit ${countText(head.number)}`
          }
          ${isLatest && head !== undefined ? viewBadge(head, account) : nothing}
        </p>
      </div>
      ${isLatest ? nothing : html`<p><a href="/streams/${stream}">To the newest</a></p>`}
      <ol class="commits" reversed>
        ${entries
          .slice(0, shown)
          .map((entry, index) =>
            "damaged" in entry
              ? damagedCard(stream, entry.damaged)
              : commitCard(entry.commit, commitIn(entries[index + 1])),
          )}
      </ol>
      ${older === undefined ? nothing : olderLink(stream, instantOf(older))}
    `,
  });
};

const commitIn = (entry: Entry | undefined): CommitDocument | undefined =>
  entry !== undefined && "commit" in entry ? entry.commit : undefined;

/** It was found by its instant, so that it has one, whatever else is wrong with it. */
const instantOf = (entry: Entry): string =>
  "commit" in entry ? entry.commit.at : String(entry.damaged["at"]);

const damagedCard = (stream: string, { id, at }: StoredDocument): Html =>
  html`<li class="card commit">
    <div class="commit-head">
      <h2>${id}</h2>
      ${badge("cannot be read", "wrong")} <span class="hint">${moment(String(at))}</span>
    </div>
    <p>
      <a href="/data/events/${stream}/${id}">What is stored</a> ·
      <a href="/dead-letters">dead letters</a>
    </p>
  </li>`;

const correctionNote = ({ corrects, correctedBy }: CommitDocument): Html | string => {
  if (corrects !== undefined)
    return html`<p class="notice" data-kind="watch">
      Corrects commit ${countText(corrects.number)}: ${corrects.reason}
      <span class="hint">by ${corrects.by}</span>
    </p>`;
  if (correctedBy === undefined) return nothing;
  return html`<p class="notice" data-kind="watch">
    Shown as commit ${countText(correctedBy)} has corrected it.
  </p>`;
};

const olderLink = (stream: string, at: string): Html =>
  html`<p class="more"><a href="/streams/${stream}?at=${at}">Older commits</a></p>`;

/** Whether the read model shows what the stream tells. */
const viewBadge = ({ version }: CommitDocument, account: StoredDocument | undefined): Html => {
  const shown = account?.["version"];
  if (shown === version) return html` ${badge("the view is current", "good")}`;
  if (typeof shown !== "number") return html` ${badge("no view yet", "slow")}`;
  return html` ${badge(`the view is ${countText(version - shown)} behind`, "slow")}`;
};

const commitCard = (commit: CommitDocument, before: CommitDocument | undefined): Html => {
  const { number, version, at, events } = commit;
  const fields = fieldsOf(commit.snapshot.state, before?.snapshot.state);
  const isState = commit.correctedBy === undefined;
  return html`<li id="commit-${number}" class="card commit">
    <div class="commit-head">
      <h2>Version ${countText(version)}</h2>
      <span class="hint"
        >commit ${countText(number)} ·
        ${moment(at)}${events.length > 1 ? ` · ${countText(events.length)} events` : ""}</span
      >
    </div>
    ${correctionNote(commit)}
    <div class="commit-body">
      <div>${decidedIn(commit).map(decidedPart)}</div>
      <div class="fold">
        <h3>State after it</h3>
        ${isState ? stateTable(fields) : html`<p class="hint">That of the correction counts.</p>`}
      </div>
    </div>
  </li>`;
};

const decidedPart = ({ commit, outcome, events, firstVersion }: Decided): Html => {
  const { commandId, type, actor, acceptedAt, status, code, traceparent, correlationId } = outcome;
  const tookMs = Date.parse(commit.at) - Date.parse(acceptedAt);
  return html`<section class="decided">
    <p>
      <strong>${spaced(type)}</strong>
      ${outcomeBadge(status, code)}
      <span class="hint">in ${durationText(tookMs)} by ${actor}</span>
    </p>
    <p>
      ${commandLink(commit.stream, commandId)} ${traceLink(traceparent)}
      ${correlationId === commandId ? nothing : html`of ${linked(correlationId)}`}
    </p>
    ${events.map((event, index) => eventPart(event, firstVersion + index))}
  </section>`;
};

const eventPart = ({ type, data, v }: EventPart, version: number): Html =>
  html`<details class="event">
    <summary><span class="version">${version}</span> ${type} ${money(data)}</summary>
    <dl class="facts">
      ${Object.entries(data).map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${typeof value === "string" ? linked(value) : JSON.stringify(value)}</dd>`,
      )}
      <dt>shape</dt>
      <dd>v${v}</dd>
    </dl>
  </details>`;

const stateTable = (fields: readonly Field[]): Html => {
  const fresh = fields.filter(({ change }) => change !== "none");
  const rest = fields.filter(({ change }) => change === "none");
  return html`${fresh.length === 0 ? html`<p class="hint">As before.</p>` : fieldTable(fresh)}
  ${
    rest.length === 0
      ? nothing
      : html`<details>
          <summary>${countText(rest.length)} fields as before</summary>
          ${fieldTable(rest)}
        </details>`
  }`;
};

const fieldTable = (fields: readonly Field[]): Html =>
  html`<table class="state">
    <tbody>
      ${fields.map(
        ({ path, value, change }) =>
          html`<tr data-change="${change}">
            <th scope="row" title="${path}">${shortPath(path)}</th>
            <td>${shown(path, value)}</td>
            <td class="change">${change === "none" ? nothing : change}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;

/** `transfers.{account}-{20 characters}.stage` → `transfers.…{the last 8}.stage`: the account is the page's. */
const shortPath = (path: string): string =>
  path.replace(/\b[0-9a-z]{16}-[0-9a-z]{12}([0-9a-z]{8})\b/, "…$1");

const shown = (path: string, value: string): string =>
  path.endsWith("E4") && /^-?\d+$/.test(value)
    ? unitsText(Number(value))
    : value.replaceAll(/^"|"$/g, "");

/** Where to begin, if no stream was asked for. */
export const accountsPage = (accounts: readonly StoredDocument[], mostShown: number): Html =>
  page({
    title: "Streams",
    section: "streams",
    content: html`
      <div class="page-head">
        <h1>Streams</h1>
        <p class="lede">${shownText(accounts.length, mostShown)} Search above for any other.</p>
      </div>
      ${
        accounts.length === 0
          ? empty("No accounts", "POST /api/accounts opens the first.")
          : scrolling("Accounts", accountTable(accounts))
      }
    `,
  });

const shownText = (count: number, mostShown: number): string =>
  count < mostShown ? `${plural(count, "account")}.` : `${countText(count)} of the accounts.`;

const accountTable = (accounts: readonly StoredDocument[]): Html =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">Stream</th>
        <th scope="col">Name</th>
        <th scope="col">Status</th>
        <th scope="col" class="number">Available</th>
        <th scope="col" class="number">In flight</th>
        <th scope="col">Currency</th>
        <th scope="col" class="number">Version</th>
        <th scope="col">Updated</th>
      </tr>
    </thead>
    <tbody>
      ${accounts.map((account) => {
        const { id, name, status, availableE4, inFlightE4, currency, version, updatedAt } = account;
        return html`<tr>
          <th scope="row">${streamLink(`account-${id}`)}</th>
          <td><bdi>${String(name)}</bdi></td>
          <td>${badge(String(status), status === "open" ? "good" : "slow")}</td>
          <td class="number">${unitsText(Number(availableE4))}</td>
          <td class="number">${unitsText(Number(inFlightE4))}</td>
          <td>${String(currency)}</td>
          <td class="number">${countText(Number(version))}</td>
          <td>${moment(String(updatedAt))}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
