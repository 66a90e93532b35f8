import { html } from "hono/html";
import type { Html } from "../../web/html.ts";
import { page } from "./layout.ts";

export const problemPage = (status: number, title: string, detail: string): Html =>
  page({
    title,
    content: html`<div class="problem">
      <p class="hint">${status}</p>
      <h1>${title}</h1>
      <p>${detail}</p>
      <p><a href="/">To the flow</a></p>
    </div>`,
  });
