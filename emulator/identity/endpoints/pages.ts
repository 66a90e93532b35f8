/** The two pages a person can see: signing in, and what is wrong. No script, and nothing from elsewhere. */
import { createHash } from "node:crypto";
import type { WireResponse } from "../../shared/wire.ts";

type SignInForm = {
  readonly clientId: string;
  /** Where the browser goes afterwards: forms may lead there. */
  readonly redirectUri: string;
  /** Sent back with the form. */
  readonly request: Readonly<Record<string, string>>;
  readonly email: string;
  readonly failure?: string;
};

export function signInPage(form: SignInForm): WireResponse {
  const { clientId, redirectUri, request, email, failure } = form;
  const hidden = Object.entries(request).map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  const described = failure === undefined ? "" : ' aria-describedby="failure" aria-invalid="true"';
  const notice =
    failure === undefined
      ? ""
      : `<p class="failure" id="failure" role="alert">${escape(failure)}</p>`;
  const content = `<h1>Sign in</h1>
<p>to go on to <strong>${escape(clientId)}</strong></p>
${notice}
<form method="post" action="/authorize">
${hidden.join("\n")}
<label for="email">E-mail</label>
<input type="email" id="email" name="sign_in_email" value="${escape(email)}" autocomplete="username"
 required maxlength="254"${described}>
<label for="password">Password</label>
<input type="password" id="password" name="sign_in_password" autocomplete="current-password"
 required maxlength="1024"${described}>
<button type="submit">Sign in</button>
</form>
<p class="note">A development server: its users and passwords are no secrets.</p>`;
  const status = failure === undefined ? 200 : 401;
  // Browsers hold the redirect that follows a form to the same rule as the form.
  return page(status, content, `'self' ${new URL(redirectUri).origin}`);
}

export function problemPage(title: string, detail: string): WireResponse {
  return page(400, `<h1>${escape(title)}</h1>\n<p>${escape(detail)}</p>`, "'none'");
}

export function signedOutPage(): WireResponse {
  return page(200, "<h1>Signed out</h1>\n<p>You can close this window.</p>", "'none'");
}

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 24rem; margin: 10vh auto; padding: 0 1rem; }
label { display: block; margin-top: 1rem; }
input:not([type="hidden"]), button { box-sizing: border-box; width: 100%; min-height: 2.75rem; font: inherit; }
button { margin-top: 1.5rem; font-weight: 600; }
.failure { border-inline-start: 0.3rem solid #c00; padding-inline-start: 0.75rem; }
.note { margin-top: 2rem; font-size: 0.875rem; }
`;
const styleHash = createHash("sha256").update(style).digest("base64");

function page(status: number, content: string, formAction: string): WireResponse {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `form-action ${formAction}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const title = /<h1>(.*?)<\/h1>/.exec(content)?.[1] ?? "";
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": policy.join("; "),
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>`,
  };
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
