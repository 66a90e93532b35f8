/** What the pages of the contract are made of: no script, nothing from elsewhere. */
import type { JsonSchema } from "./components.ts";
import { type Html, html, joined, marked } from "./html.ts";
import { pageStyle } from "./page-style.ts";

type Page = {
  readonly title: string;
  readonly introduction: Html;
  readonly contents: Html;
  readonly content: Html;
};

export function pageOf({ title, introduction, contents, content }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <div class="page">
          <header>
            <h1>${title}</h1>
            ${introduction}
          </header>
          <nav aria-label="Contents">${contents}</nav>
          <main id="content">${content}</main>
        </div>
      </body>
    </html>`.raw;
}

/** As it was hashed: nothing may be escaped or added. */
const style: Html = { raw: `<style>${pageStyle}</style>` };

/** It may be wider than a phone and is scrolled then, by keyboard as well. */
export function exampleOf(label: string, value: unknown): Html {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return html`<pre tabindex="0" role="region" aria-label="${label}"><code>${text}</code></pre>`;
}

export function schemaArticle([name, schema]: [string, JsonSchema]): Html {
  const { description, properties = {} } = schema;
  const members = Object.keys(properties as object);
  return html`<article id="schema-${name}" aria-labelledby="schema-${name}-title">
    <h3 id="schema-${name}-title">${name}</h3>
    ${typeof description === "string" ? html`<p>${marked(description)}</p>` : html``}
    ${members.length === 0 ? html`<p class="quiet">${shapeOf(schema)}</p>` : membersOf(schema)}
  </article>`;
}

/** What an object is made of. */
export function membersOf({ properties = {}, required = [] }: JsonSchema): Html {
  const entries = Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) =>
    memberEntry(name, schema, (required as readonly string[]).includes(name)),
  );
  return html`<dl>${joined(entries)}</dl>`;
}

function memberEntry(name: string, schema: JsonSchema, isRequired: boolean): Html {
  const { description } = schema;
  const presence = isRequired ? "" : ", may be absent";
  return html`<dt><code>${name}</code></dt>
    <dd>
      <span class="quiet">${shapeOf(schema)}${presence}</span>
      ${typeof description === "string" ? html`<br />${marked(description)}` : html``}
    </dd>`;
}

/** A schema in a few words. */
export function shapeOf(schema: JsonSchema): Html {
  const { $ref, allOf, const: only, enum: values, type, items, format, pattern } = schema;
  if (typeof $ref === "string") {
    const name = lastPart($ref);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (Array.isArray(allOf)) return shapeOf(allOf[0] as JsonSchema);
  if (only !== undefined) return html`<code>${JSON.stringify(only)}</code>`;
  if (Array.isArray(values))
    return joined(
      values.map(
        (value, index) => html`${index === 0 ? "" : " | "}<code>${JSON.stringify(value)}</code>`,
      ),
    );
  if (type === "array") return html`list of ${shapeOf(items as JsonSchema)}`;
  if (typeof format === "string") return html`${String(type)} (${format})`;
  if (typeof pattern === "string") return html`${String(type)} <code>${pattern}</code>`;
  return html`${String(type)}${limitsOf(schema)}`;
}

function limitsOf({ minLength, maxLength, minimum, maximum, ...more }: JsonSchema): Html {
  const [least = 0, most] = [minLength ?? minimum, maxLength ?? maximum];
  const isEndless = most === undefined || most === Number.MAX_SAFE_INTEGER;
  const unit = maxLength === undefined ? "" : " characters";
  const range = isEndless ? "" : `, ${JSON.stringify(least)} to ${JSON.stringify(most)}${unit}`;
  const { default: usual } = more;
  return html`${range}${usual === undefined ? "" : `, otherwise ${JSON.stringify(usual)}`}`;
}

export function lastPart(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}
