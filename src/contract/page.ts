/** The OpenAPI document as a page to read: by tag, with schemas and examples. */
import { type Html, html, joined, marked } from "./html.ts";
import type { MediaType, OpenApiDocument, OpenApiOperation, OpenApiParameter } from "./openapi.ts";
import { exampleOf, lastPart, pageOf, schemaArticle, shapeOf } from "./page-parts.ts";

export function contractPage(document: OpenApiDocument): string {
  const { info, tags, components } = document;
  const chapters = tags.map(({ name, description }) => ({
    name,
    description,
    operations: operationsOf(document, name),
  }));
  return pageOf({
    title: `${info.title}: the HTTP contract`,
    introduction: html`<p>${marked(info.description)}</p>
      <p class="quiet">
        Version ${info.version}. For programs: <a href="openapi.json">openapi.json</a>. What leaves
        Saldo by itself: <a href="docs/events">the events</a>.
      </p>`,
    contents: contents(chapters),
    content: html`${joined(chapters.map((chapter) => chapterOf(chapter, components.parameters)))}
      <h2 id="schemas">Schemas</h2>
      <p>What requests and answers are made of.</p>
      ${joined(Object.entries(components.schemas).map(schemaArticle))}`,
  });
}

type Placed = {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
};

type Chapter = {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Placed[];
};

function operationsOf({ paths }: OpenApiDocument, tag: string): readonly Placed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(tag))
      .map(([method, operation]) => ({ path, method, operation })),
  );
}

function contents(chapters: readonly Chapter[]): Html {
  const list = chapters.map(
    ({ name, operations }) =>
      html`<p><a href="#${name}">${name}</a></p>
        <ul>
          ${joined(
            operations.map(
              ({ operation }) =>
                html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
            ),
          )}
        </ul>`,
  );
  return html`${joined(list)}
    <p><a href="#schemas">Schemas</a></p>`;
}

type Parameters = OpenApiDocument["components"]["parameters"];

function chapterOf({ name, description, operations }: Chapter, parameters: Parameters): Html {
  return html`<h2 id="${name}">${name}</h2>
    <p>${marked(description)}</p>
    ${joined(operations.map((placed) => operationArticle(placed, parameters)))}`;
}

function operationArticle({ path, method, operation }: Placed, parameters: Parameters): Html {
  const { operationId, summary, description, requestBody, responses, "x-roles": roles } = operation;
  const chosen = operation.parameters
    .map(({ $ref }) => parameters[lastPart($ref)])
    .filter((parameter) => parameter !== undefined);
  return html`<article id="${operationId}" aria-labelledby="${operationId}-title">
    <h3 id="${operationId}-title">${summary}</h3>
    <p class="address">
      <span class="method ${method}">${method.toUpperCase()}</span><code>${path}</code>
    </p>
    ${description === undefined ? html`` : html`<p>${marked(description)}</p>`}
    ${roles === undefined ? html`` : html`<p class="quiet">For ${rolesTold(roles)}.</p>`}
    ${
      chosen.length === 0
        ? html``
        : html`<h4>Parameters</h4>
            <dl>${joined(chosen.map(parameterEntry))}</dl>`
    }
    ${
      requestBody === undefined
        ? html``
        : html`<h4>Body</h4>
            ${contentOf(requestBody.content, `Example of a body: ${summary}`)}`
    }
    <h4>Answers</h4>
    ${joined(Object.entries(responses).map((each) => responseOf(each, summary)))}
  </article>`;
}

function rolesTold(roles: Readonly<Record<string, string>>): string {
  const each = Object.entries(roles).map(([role, reach]) =>
    reach === "any" ? role : `${role} (${reaches[reach] ?? reach})`,
  );
  return each.join(", ");
}

/** As in the row of the endpoint. */
const reaches: Readonly<Record<string, string>> = {
  own: "of their own account",
  part: "of a transfer from or to their own account",
};

function parameterEntry({
  name,
  in: place,
  required,
  description,
  schema,
}: OpenApiParameter): Html {
  return html`<dt><code>${name}</code></dt>
    <dd>
      <span class="quiet">${place}${required ? ", required" : ""}, ${shapeOf(schema)}</span>
      <br />${marked(description)}
    </dd>`;
}

function responseOf(
  [status, { description, headers = {}, content = {} }]: [
    string,
    OpenApiOperation["responses"][string],
  ],
  summary: string,
): Html {
  const names = Object.keys(headers);
  return html`<details>
    <summary><strong>${status}</strong> ${marked(description)}</summary>
    ${
      names.length === 0
        ? html``
        : html`<p>Headers: ${joined(names.map((name) => html`<code>${name}</code> `))}</p>`
    }
    ${contentOf(content, `Example of ${status}: ${summary}`)}
  </details>`;
}

function contentOf(content: Readonly<Record<string, MediaType>>, label: string): Html {
  return joined(
    Object.entries(content).map(([mediaType, { schema, example, examples }]) => {
      const shown = examples ?? { example: { value: example } };
      return html`<p><code>${mediaType}</code>: ${shapeOf(schema)}</p>
        ${joined(
          Object.entries(shown).map(([name, { value }]) => exampleOf(`${label}, ${name}`, value)),
        )}`;
    }),
  );
}
