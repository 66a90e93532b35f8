import { html } from "hono/html";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";

type SignInForm = {
  /** Where to go afterwards. */
  next: string;
  email?: string;
  failure?: string;
};

export const signInPage = ({ next, email, failure }: SignInForm): Html =>
  page({
    title: "Sign in",
    viewer: undefined,
    content: html`
      <div class="sign-in card">
        <h1>Sign in</h1>
        <p class="lede">For staff who approve or deny large transfers.</p>
        ${
          failure === undefined
            ? nothing
            : html`<p class="notice" data-kind="error" role="alert" id="failure">${failure}</p>`
        }
        <form method="post" action="/sign-in">
          <input type="hidden" name="next" value="${next}" />
          <label for="email">E-mail</label>
          <input
            type="email"
            id="email"
            name="email"
            value="${email ?? ""}"
            autocomplete="username"
            required
            maxlength="254"
            ${failure === undefined ? nothing : html`aria-describedby="failure"`}
          />
          <label for="password">Password</label>
          <input
            type="password"
            id="password"
            name="password"
            autocomplete="current-password"
            required
            maxlength="1024"
            ${failure === undefined ? nothing : html`aria-describedby="failure"`}
          />
          <button type="submit" class="approval">Sign in</button>
        </form>
      </div>
    `,
  });
