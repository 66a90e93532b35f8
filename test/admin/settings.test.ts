import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Runs a program of the admin app, and gives what it says. */
const run = (program: string, environment: Record<string, string>, input = "") => {
  const child = spawn(process.execPath, [file(`admin/${program}`)], { env: environment });
  child.stdin.end(input);
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.err += text));
  const ended = once(child, "close").then(([code]) => ({ ...said, code: code as number | null }));
  return { child, ended };
};

const complete = {
  SALDO_URL: "http://127.0.0.1:1",
  SALDO_TOKEN_SCOPE: "api://saldo-api/.default",
  SALDO_ADMIN_WEBHOOK_KEY: "webhook-key",
  SALDO_ADMIN_APPROVERS: file("admin/approvers.sample.json"),
  SALDO_ADMIN_FILE: "nowhere",
  SALDO_ADMIN_PORT: "0",
};

/** Else the app would ask its managed identity. */
const credentials = {
  SALDO_TOKEN_ISSUER: "http://127.0.0.1:1",
  SALDO_CLIENT_ID: "admin",
  SALDO_CLIENT_SECRET: "secret",
};

describe("The admin app, started by its environment,", () => {
  it("says where it is, and ends gracefully when it is told to", async (test) => {
    const folder = await mkdtemp(join(tmpdir(), "saldo-admin-"));
    test.after(() => rm(folder, { recursive: true }));
    const environment = {
      ...complete,
      ...credentials,
      SALDO_ADMIN_FILE: join(folder, "new", "admin.sqlite"),
    };
    const { child, ended } = run("main.ts", environment);
    const [line] = (await once(child.stdout, "data")) as [string];
    const [, url = ""] = /^The admin app is at (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line) ?? [];
    const response = await fetch(`${url}/healthz`);
    assert.equal(response.status, 200);
    child.kill("SIGTERM");
    assert.equal((await ended).code, 0);
  });

  for (const name of Object.keys(complete).filter((key) => key !== "SALDO_ADMIN_PORT"))
    it(`does not start without ${name}, and says what it is for`, async () => {
      const { err, code } = await run("main.ts", { ...complete, [name]: "" }).ended;
      assert.equal(code, 2);
      assert.match(err, new RegExp(`^Set ${name} \\(.+\\)\\.\\n$`));
    });

  for (const [name, value, complaint] of [
    ["SALDO_URL", "saldo", /SALDO_URL must be an address/],
    ["SALDO_CLIENT_ID", "admin", /all of SALDO_TOKEN_ISSUER, SALDO_CLIENT_ID, SALDO_CLIENT_SECRET/],
    ["SALDO_ADMIN_PORT", "many", /SALDO_ADMIN_PORT must be a whole number of at most 65535/],
    ["SALDO_ADMIN_CATCH_UP_SECONDS", "-1", /must be a whole number/],
    ["SALDO_ADMIN_APPROVERS", "/nowhere.json", /names \/nowhere\.json, which is of no use/],
    ["SALDO_ADMIN_APPROVERS", file("package.json"), /of no use: .*expected array/],
  ] as const)
    it(`does not start with ${name} set to ${value.split("/").at(-1)}`, async () => {
      const { err, code } = await run("main.ts", { ...complete, [name]: value }).ended;
      assert.equal(code, 2);
      assert.match(err, complaint);
    });
});

describe("The hash of a password", () => {
  it("is printed for the file of approvers, and another each time", async () => {
    const [one, other] = await Promise.all(
      [0, 1].map(() => run("hash-password.ts", {}, "let-me-decide\n").ended),
    );
    assert.match(one?.out ?? "", /^scrypt\$32768\$8\$3\$[\w-]+\$[\w-]{43}\n$/);
    assert.notEqual(one?.out, other?.out);
  });

  it("is not made of a short password", async () => {
    const { out, err, code } = await run("hash-password.ts", {}, "short\n").ended;
    assert.deepEqual([out, code], ["", 1]);
    assert.match(err, /at least eight characters/);
  });
});
