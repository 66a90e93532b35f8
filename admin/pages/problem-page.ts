import { html } from "hono/html";
import { problems, type Problem } from "../http/problems.ts";
import type { Person } from "../sign-in/sign-in.ts";
import type { Html } from "../../web/html.ts";
import { page } from "./layout.ts";

export const problemPage = (viewer: Person | undefined, { code, detail }: Problem): Html => {
  const [status, title] = problems[code];
  return page({
    title,
    viewer,
    content: html`
      <div class="problem">
        <p class="problem-status">Error ${status}</p>
        <h1>${title}</h1>
        <p>${detail}</p>
        <p><a class="button" href="/">To the waiting transfers</a></p>
      </div>
    `,
  });
};
