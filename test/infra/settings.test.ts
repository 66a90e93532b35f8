/** What the templates set is what the apps read. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { settingsFrom } from "../../admin/settings.ts";
import { readAccessSettings } from "../../src/kernel/access/settings.ts";
import { readSettings } from "../../src/platform/settings.ts";
import { bicepFiles, expressionsOf, of, readInfra } from "./bicep/files.ts";

type Profile = {
  readonly functions: {
    readonly settings: Readonly<Record<string, string>>;
    readonly scale: { readonly alwaysReady: readonly { readonly name: string }[] };
  };
};

/** The app reads its settings as it is loaded, and does not start without these. */
const access = {
  IDENTITY_ISSUER: "https://issuer.example/v2.0",
  IDENTITY_AUDIENCE: "00000000-0000-0000-0000-000000000000",
};
Object.assign(process.env, access);
const { feeds, functionName } = await import("../../src/app.ts");

const profiles = JSON.parse(readInfra("profiles.json")) as Record<string, Profile>;

/** Names that the host and Azure's SDKs read. */
const platformNames = [
  /^AzureWebJobsStorage__/,
  /^COSMOS__(credential|clientId)$/,
  /^APPLICATIONINSIGHTS_/,
  /^AZURE_CLIENT_ID$/,
  /^(WEBSITES_PORT|SCM_DO_BUILD_DURING_DEPLOYMENT)$/,
];

for (const [name, { functions }] of Object.entries(profiles))
  test(`the profile ${name} sets what the function app reads, in a form that it takes`, () => {
    const { asked, environment } = observed({ ...functions.settings, ...access });
    readSettings(environment);
    readAccessSettings(environment);
    assert.deepEqual(
      Object.keys(functions.settings).filter((setting) => !asked.has(setting)),
      [],
    );
  });

test("the profiles differ in values, not in what they set", () => {
  const shapes = Object.values(profiles).map((profile) => JSON.stringify(keysOf(profile)));
  assert.equal(new Set(shapes).size, 1);
});

test("function-app.bicep sets what the function app or its platform reads", () => {
  const { asked, environment } = observed(access);
  readSettings(environment);
  readAccessSettings(environment);
  assertRead(settingNames("modules/function-app.bicep"), asked);
});

test("admin-app.bicep sets what the admin app or its platform reads, and all that it requires", () => {
  const names = settingNames("modules/admin-app.bicep");
  const values = names.map((name) => [name, name.endsWith("PORT") ? "8080" : "https://x.example"]);
  const { asked, environment } = observed(Object.fromEntries(values) as Record<string, string>);
  settingsFrom(environment, () =>
    readFileSync(new URL("../../admin/approvers.sample.json", import.meta.url), "utf8"),
  );
  assertRead(names, asked);
});

test("what is always ready are groups and functions that exist", () => {
  const groups = ["http", "durable", "blob"];
  const known = new Set([
    ...groups,
    ...Object.keys(feeds).map((name) => `function:${functionName(name)}`),
  ]);
  for (const { functions } of Object.values(profiles))
    for (const { name } of functions.scale.alwaysReady) assert.ok(known.has(name), name);
});

function assertRead(names: readonly string[], asked: ReadonlySet<string>): void {
  assert.ok(names.length > 0);
  const unread = names.filter(
    (name) => !asked.has(name) && !platformNames.some((pattern) => pattern.test(name)),
  );
  assert.deepEqual(unread, []);
}

/** An environment that remembers which of its names were asked for. */
function observed(values: Readonly<Record<string, string>>): {
  readonly asked: ReadonlySet<string>;
  readonly environment: NodeJS.ProcessEnv;
} {
  const asked = new Set<string>();
  const environment = new Proxy<NodeJS.ProcessEnv>(
    { ...values },
    {
      get: (target, name) => {
        asked.add(String(name));
        return target[String(name)];
      },
    },
  );
  return { asked, environment };
}

/** The keys of the site's configuration "appsettings", as far as the template names them. */
function settingNames(path: string): string[] {
  const file = bicepFiles().find((one) => one.path === path);
  const settings = file && of(file, "resource").find(({ name }) => name === "appSettings");
  assert.ok(settings, `${path} has no appSettings`);
  const ofResource = new Set(["parent", "name", "properties"]);
  return expressionsOf({ ...settings, line: 0, decorators: [] })
    .flatMap((expression) => (expression.kind === "object" ? expression.properties : []))
    .flatMap(({ key }) => (typeof key === "string" && !ofResource.has(key) ? [key] : []));
}

function keysOf(value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return typeof value;
  return Object.entries(value)
    .map(([key, inner]) => [key, keysOf(inner)] as const)
    .toSorted(([one], [other]) => one.localeCompare(other));
}
