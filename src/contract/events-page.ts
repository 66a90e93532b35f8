/** The catalogue of integration events as a page to read. */
import type { AsyncApiDocument, AsyncApiMessage } from "./asyncapi.ts";
import type { JsonSchema } from "./components.ts";
import { type Html, html, joined, marked } from "./html.ts";
import { exampleOf, membersOf, pageOf } from "./page-parts.ts";

export function eventsPage({ info, channels, components }: AsyncApiDocument): string {
  const { messages, schemas } = components;
  const topics = Object.values(channels).map(
    ({ address, description }) => html`<p>Topic <code>${address}</code>: ${description}</p>`,
  );
  return pageOf({
    title: info.title,
    introduction: html`<p>${marked(info.description)}</p>
      ${joined(topics)}
      <p class="quiet">
        Version ${info.version}. For programs: <a href="../asyncapi.json">asyncapi.json</a>. What
        can be asked for: <a href="../docs">the HTTP contract</a>.
      </p>`,
    contents: contents(Object.keys(messages)),
    content: html`<h2 id="envelope">Around all of them</h2>
      ${joined(Object.values(schemas).map(membersOf))}
      <h2 id="events">Events</h2>
      ${joined(Object.values(messages).map(messageArticle))}`,
  });
}

function contents(types: readonly string[]): Html {
  const entries = types.map((type) => html`<li><a href="#${type}">${type}</a></li>`);
  return html`<p><a href="#envelope">Around all of them</a></p>
    <p><a href="#events">Events</a></p>
    <ul>
      ${joined(entries)}
    </ul>`;
}

function messageArticle({ name, summary, description, payload, examples }: AsyncApiMessage): Html {
  return html`<article id="${name}" aria-labelledby="${name}-title">
    <h3 id="${name}-title"><code>${name}</code></h3>
    <p>${summary} <span class="quiet">${description}</span></p>
    <h4>Data</h4>
    ${membersOf(dataOf(payload))}
    <details>
      <summary>Example</summary>
      ${joined(examples.map(({ payload: event }) => exampleOf(`Example of ${name}`, event)))}
    </details>
  </article>`;
}

/** The second part of each payload; the first is the envelope. */
function dataOf({ allOf }: JsonSchema): JsonSchema {
  const [, { properties }] = allOf as [unknown, { properties: { data: JsonSchema } }];
  return properties.data;
}
