import { html } from "hono/html";
import type { ContainerInfo, DocumentPage, StoredDocument } from "../azure/documents.ts";
import type { Read } from "../azure/source.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { empty, errorBox, json, linked, scrolling, traceLink } from "./parts.ts";
import { shortJson } from "./texts.ts";

export type ContainerView = {
  readonly container: ContainerInfo;
  /** Empty: all partitions. */
  readonly partition: string;
  readonly page: Read<DocumentPage>;
};

export const containerPage = ({ container, partition, page: read }: ContainerView): Html => {
  const { id, partitionKeyPath } = container;
  return page({
    title: id,
    section: "data",
    content: html`
      <p class="back"><a href="/data">Data</a></p>
      <div class="page-head">
        <h1>${id}</h1>
        <p class="lede">partition key <code>${partitionKeyPath}</code></p>
      </div>
      <form class="filters" action="/data/${id}">
        <p class="field">
          <label for="partition">Partition (${partitionKeyPath})</label>
          <input id="partition" name="partition" value="${partition}" spellcheck="false" />
        </p>
        <button type="submit">Show</button>
        ${partition === "" ? nothing : html`<a href="/data/${id}">All partitions</a>`}
      </form>
      ${read.isRead ? list(container, partition, read.value) : errorBox(read.why)}
    `,
  });
};

const list = (container: ContainerInfo, partition: string, read: DocumentPage): Html => {
  const { documents, continuation } = read;
  if (documents.length === 0) return empty("No documents", "Nothing is stored here.");
  const next = new URLSearchParams({ partition, after: continuation ?? "" }).toString();
  return html`${scrolling(`Documents of ${container.id}`, table(container, documents))}
  ${continuation === undefined ? nothing : moreLink(`/data/${container.id}?${next}`)}`;
};

const moreLink = (path: string): Html => html`<p class="more"><a href="${path}">More</a></p>`;

const table = (container: ContainerInfo, documents: readonly StoredDocument[]): Html =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">Id</th>
        <th scope="col">Partition</th>
        <th scope="col">Begins with</th>
      </tr>
    </thead>
    <tbody>
      ${documents.map((document) => {
        const partition = partitionOf(container, document);
        return html`<tr>
          <th scope="row">
            <a class="id" href="${documentPath(container, partition, document.id)}"
              >${document.id}</a
            >
          </th>
          <td>${linked(partition)}</td>
          <td><code class="preview">${shortJson(withoutSystem(document))}</code></td>
        </tr>`;
      })}
    </tbody>
  </table>`;

const documentPath = ({ id }: ContainerInfo, partition: string, documentId: string): string =>
  `/data/${id}/${encodeURIComponent(partition)}/${encodeURIComponent(documentId)}`;

const partitionOf = ({ partitionKeyPath }: ContainerInfo, document: StoredDocument): string => {
  const value = document[partitionKeyPath.slice(1)];
  return typeof value === "string" ? value : shortJson(value);
};

const withoutSystem = (document: StoredDocument): object =>
  Object.fromEntries(
    Object.entries(document).filter(([name]) => !name.startsWith("_") && name !== "id"),
  );

export type DocumentView = {
  readonly container: ContainerInfo;
  readonly partition: string;
  readonly document: StoredDocument;
};

export const documentPage = ({ container, partition, document }: DocumentView): Html => {
  const { traceparent } = document;
  const within = new URLSearchParams({ partition }).toString();
  return page({
    title: document.id,
    section: "data",
    content: html`
      <p class="back"><a href="/data/${container.id}">${container.id}</a></p>
      <div class="page-head">
        <h1>${document.id}</h1>
        <p class="lede">
          in
          <a href="/data/${container.id}?${within}">${partition}</a>
          ${typeof traceparent === "string" ? traceLink(traceparent) : nothing}
        </p>
      </div>
      ${json(document, "Document")}
    `,
  });
};
