/** A person signs in with a browser, and uses Saldo with the token they get. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startLocalSystem } from "../support/local-system.ts";

const { client, functionsUrl } = await startLocalSystem();
const script = fileURLToPath(new URL("../../scripts/sign-in.ts", import.meta.url));

/** What the browser sends when the form of the page is filled in. */
function formOf(page: string, person: { email: string; password: string }): URLSearchParams {
  const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  const entries = hidden.map(
    ([, name = "", value = ""]) => [name, value.replaceAll("&amp;", "&")] as const,
  );
  const form = new URLSearchParams(Object.fromEntries(entries));
  form.set("sign_in_email", person.email);
  form.set("sign_in_password", person.password);
  return form;
}

test("a person signs in with a browser and acts with the token that comes of it", async () => {
  const child = spawn(process.execPath, [script, functionsUrl], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const [told] = (await once(child.stderr.setEncoding("utf8"), "data")) as [string];
  const address = /^Sign in with a browser: (\S+)$/m.exec(told)?.[1] ?? assert.fail(told);
  const { origin } = new URL(address);

  const page = await (await fetch(address)).text();
  const signIn = await fetch(`${origin}/authorize`, {
    method: "POST",
    body: formOf(page, { email: "ada@example.com", password: "my-own-card" }),
    headers: { origin },
    redirect: "manual",
  });
  const back = signIn.headers.get("location") ?? assert.fail("nobody was signed in");
  const forged = new URL(back);
  forged.searchParams.set("state", "another");
  assert.equal((await fetch(forged)).status, 404, "a sign-in that nobody here began");
  const ended = once(child, "exit");
  assert.equal((await fetch(back)).status, 200);
  assert.deepEqual((await ended)[0], 0);

  const headers = { authorization: `Bearer ${printed.trim()}` };
  const person = { name: "Ada", email: "ada@example.com", currency: "EUR" };
  const opened = await client.post("/accounts", person, { headers });
  assert.equal(opened.body["status"], "accepted");
  const accountId = String(opened.body["resource"]).replace("/api/accounts/", "");
  const asAda = await client.as("ada@example.com").get(`/accounts/${accountId}`);
  assert.equal(asAda.status, 200, "the same person by another app");
  assert.equal((await client.as("bob@example.com").get(`/accounts/${accountId}`)).status, 404);
});
