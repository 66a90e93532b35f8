import { html } from "hono/html";
import { nothing, type Html } from "../../web/html.ts";

const sections = [
  ["flow", "/", "Flow"],
  ["traces", "/traces", "Traces"],
  ["streams", "/streams", "Streams"],
  ["causation", "/causation", "Causation"],
  ["dead-letters", "/dead-letters", "Dead letters"],
  ["processes", "/processes", "Processes"],
  ["data", "/data", "Data"],
  ["weather", "/weather", "Weather"],
] as const;

type Section = (typeof sections)[number][0];

export type PageFrame = {
  readonly title: string;
  readonly section?: Section;
  readonly content: Html;
  /** What was searched for, to be seen again. */
  readonly asked?: string;
  /** `flow`: changes are pushed; a number: the page asks for itself again after so many ms. */
  readonly live?: "flow" | number;
};

const current = html`aria-current="page"`;

/** What all pages share. `data-live` names the parts that the script renews; without it, a page is as of its loading. */
export const page = ({ title, section, content, asked, live }: PageFrame): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Saldo console</title>
        <link rel="icon" href="/public/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/public/styles.css" />
        <script type="module" src="/public/live.js"></script>
      </head>
      <body ${live === undefined ? nothing : html`data-follow="${live}"`}>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          <a class="brand" href="/">Saldo <span>console</span></a>
          <nav aria-label="Pages">
            ${sections.map(
              ([name, path, label]) =>
                html`<a href="${path}" ${name === section ? current : nothing}>${label}</a>`,
            )}
          </nav>
          <form class="find" role="search" action="/find">
            <label class="unseen" for="find">Find a trace, command, transfer or account</label>
            <input
              id="find"
              name="q"
              type="search"
              placeholder="trace, command, transfer, account"
              value="${asked ?? ""}"
              autocomplete="off"
              spellcheck="false"
            />
          </form>
        </header>
        <p class="connection" role="status" id="connection"></p>
        <main id="main" tabindex="-1">${content}</main>
      </body>
    </html>`;
