import { html } from "hono/html";
import type { Person } from "../sign-in/sign-in.ts";
import { nothing, type Html } from "../../web/html.ts";

export type PageFrame = {
  title: string;
  content: Html;
  viewer: Person | undefined;
  current?: "waiting" | "decided";
  /** Given for pages that follow changes as they happen. */
  live?: { change: number; nowMs: number; waitingCount: number };
};

/**
 * What all pages share. `data-live` names the parts that the script replaces when something has
 * changed; without the script a page is as of its loading, and everything else works.
 */
export const page = (frame: PageFrame): Html => {
  const { title, content, viewer, live } = frame;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title} · Saldo approvals</title>
        <link rel="icon" href="/public/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/public/styles.css" />
        <script type="module" src="/public/main.js"></script>
      </head>
      <body
        ${live === undefined ? nothing : html`data-change="${live.change}" data-now="${live.nowMs}"`}
      >
        <a class="skip" href="#main">Skip to the content</a>
        ${viewer === undefined ? bareHeader : header(viewer, frame)}
        <div class="connection" role="status" id="connection"></div>
        <main id="main" tabindex="-1">${content}</main>
        <p class="unseen" role="status" id="announcements"></p>
      </body>
    </html>`;
};

const brand = html`<a class="brand" href="/"
  ><span class="mark" aria-hidden="true"></span>Saldo <span class="product">approvals</span></a
>`;

const bareHeader = html`<header class="bar"><div class="bar-inner">${brand}</div></header>`;

const header = (viewer: Person, { current, live }: PageFrame): Html => html`
  <header class="bar">
    <div class="bar-inner">
      ${brand}
      <nav aria-label="Transfers">
        <a href="/" ${current === "waiting" ? html`aria-current="page"` : nothing}
          >Waiting${live === undefined ? nothing : counter(live.waitingCount)}</a
        >
        <a href="/decided" ${current === "decided" ? html`aria-current="page"` : nothing}
          >Decided</a
        >
      </nav>
      <form class="person" method="post" action="/sign-out">
        <span class="person-name" title="${viewer.email}"><bdi>${viewer.name}</bdi></span>
        <button class="plain" type="submit">Sign out</button>
      </form>
    </div>
  </header>
`;

const counter = (count: number): Html =>
  html` <span class="count" data-live="count">${count}</span>`;
