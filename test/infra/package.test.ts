import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { packageAdmin, packageFunctions } from "../../infra/hooks/package.ts";

const approvers = fileURLToPath(new URL("../../admin/approvers.sample.json", import.meta.url));

test("the packaged admin app starts from its own folder, with nothing installed beside it", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "saldo-package-"));
  t.after(() => rm(folder, { recursive: true }));
  await packageAdmin(folder, approvers);

  const app = spawn(process.execPath, ["app/main.mjs"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      SALDO_URL: "http://127.0.0.1:9",
      SALDO_TOKEN_SCOPE: "api://saldo-api/.default",
      SALDO_TOKEN_ISSUER: "http://127.0.0.1:9",
      SALDO_CLIENT_ID: "admin",
      SALDO_CLIENT_SECRET: "secret",
      SALDO_ADMIN_WEBHOOK_KEY: "webhook-key",
      SALDO_ADMIN_APPROVERS: "approvers.json",
      SALDO_ADMIN_FILE: join(folder, "store/admin.sqlite"),
      SALDO_ADMIN_PORT: "0",
    },
  });
  t.after(async () => {
    if (app.exitCode === null && app.kill()) await once(app, "exit");
  });

  const ended = once(app, "exit").then(() => assert.fail("it ended before it told its address"));
  const line = await Promise.race([once(createInterface(app.stdout), "line"), ended]);
  const url = /https?:\S+$/.exec(String(line))?.[0] ?? assert.fail(String(line));
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal((await fetch(`${url}/public/styles.css`)).status, 200);
});

test("the packaged admin app shows Saldo a token of the identity that App Service gives it", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "saldo-package-"));
  t.after(() => rm(folder, { recursive: true }));
  await packageAdmin(folder, approvers);
  const shown = Promise.withResolvers<string | undefined>();
  let asked = new URLSearchParams();
  // Both the platform's endpoint for identities and Saldo.
  const place = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://place");
    const isIdentity = pathname === "/msi/token";
    if (isIdentity) asked = searchParams;
    else shown.resolve(request.headers.authorization);
    const expires_on = `${Math.floor(Date.now() / 1_000) + 3_600}`;
    const token = { access_token: "token-of-the-identity", token_type: "Bearer", expires_on };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(isIdentity ? token : { items: [] }));
  });
  place.listen(0, "127.0.0.1");
  await once(place, "listening");
  const url = `http://127.0.0.1:${(place.address() as AddressInfo).port}`;
  const app = spawn(process.execPath, ["app/main.mjs"], {
    cwd: folder,
    stdio: "ignore",
    env: {
      SALDO_URL: url,
      SALDO_TOKEN_SCOPE: "api://saldo-api/.default",
      SALDO_ADMIN_WEBHOOK_KEY: "webhook-key",
      SALDO_ADMIN_APPROVERS: "approvers.json",
      SALDO_ADMIN_FILE: join(folder, "store/admin.sqlite"),
      SALDO_ADMIN_PORT: "0",
      AZURE_CLIENT_ID: "client-id-of-the-identity",
      IDENTITY_ENDPOINT: `${url}/msi/token`,
      IDENTITY_HEADER: "secret-of-the-place",
    },
  });
  t.after(async () => {
    if (app.exitCode === null && app.kill()) await once(app, "exit");
    place.close();
    place.closeAllConnections();
  });

  const ended = once(app, "exit").then(() => assert.fail("it ended before it asked Saldo"));
  const authorization = await Promise.race([shown.promise, ended]);
  assert.equal(authorization, "Bearer token-of-the-identity");
  assert.equal(asked.get("resource"), "api://saldo-api");
  assert.equal(asked.get("client_id"), "client-id-of-the-identity");
});

test("the packaged function app is its bundle, named by its package.json, and the host's settings", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "saldo-package-"));
  t.after(() => rm(folder, { recursive: true }));
  await packageFunctions(folder);
  const { main, type } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    main: string;
    type: string;
  };
  assert.equal(type, "module");
  await access(join(folder, main));
  const host = new URL("../../host.json", import.meta.url);
  assert.equal(await readFile(join(folder, "host.json"), "utf8"), await readFile(host, "utf8"));
});
