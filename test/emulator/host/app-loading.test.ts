import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { build } from "esbuild";
import { fixtureDirectory, startApp, type AppProcess } from "./support/app-process.ts";

describe("the host loads an app", () => {
  it("of several CommonJS files matched by a glob", async () => {
    const app = await startApp({ fixture: "commonjs-app" });
    const text = async (name: string): Promise<string> =>
      (await fetch(`${app.url}/api/${name}`)).text();
    assert.deepEqual([await text("first"), await text("second")], ["first", "second"]);
    await app.stop();
  });

  it("bundled into one file together with @azure/functions", async () => {
    const directory = await mkdtemp(join(tmpdir(), "bundled-app-"));
    const write = (file: string, content: object): Promise<void> =>
      writeFile(join(directory, file), JSON.stringify(content));
    await build({
      entryPoints: [join(fixtureDirectory("http-app"), "app.ts")],
      outfile: join(directory, "app.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["@azure/functions-core"],
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    await write("package.json", { main: "app.mjs" });
    await write("host.json", { version: "2.0" });
    const app = await startApp({ directory, settings: { ROUTE: "any" } });
    assert.equal(await (await fetch(`${app.url}/api/nameAsRoute`)).text(), "by name");
    await app.stop();
    await rm(directory, { recursive: true });
  });

  const failures: readonly [string, RegExp][] = [
    ["throwing-app", /^AppLoadError: The entry file .*app\.ts failed.*the entry file is broken/],
    ["empty-app", /^AppLoadError: No functions were found.*never imported @azure\/functions/],
    ["missing-app", /^AppLoadError: "main" in package\.json matches no file: .*dist\/\*\.js/],
    ["duplicate-app", /^AppLoadError:.*function with the name "twice" has already been registered/],
  ];
  for (const [fixture, message] of failures) {
    it(`and refuses to start the ${fixture}`, async () => {
      await assert.rejects(startApp({ fixture }), { message });
    });
  }
});

describe("the host, given functions that cannot run,", () => {
  let app: AppProcess;
  before(async () => {
    app = await startApp({
      fixture: "faulty-app",
      settings: { "AzureWebJobs.disabled.Disabled": "true" },
    });
  });
  after(() => app.stop());

  const errorOf = (name: string): string | undefined =>
    app.functions.find((info) => info.name === name)?.error;

  it("says of each what is wrong", () => {
    assert.match(errorOf("unknownSetting") ?? "", /'%NOT_SET%' does not resolve to a value/);
    assert.match(errorOf("unknownTrigger") ?? "", /trigger type "queueTrigger" is not supported/);
    assert.match(errorOf("badConstraint") ?? "", /Unknown route constraint "prime"/);
    assert.match(
      errorOf("badSegment") ?? "",
      /route segment "file-\{name\}\.txt" is not supported/,
    );
    assert.match(errorOf("occupied") ?? "", /Another function answers POST at "fine"/);
    assert.match(errorOf("badSchedule") ?? "", /"every day" needs six fields/);
    assert.match(errorOf("noConnection") ?? "", /set the app setting "NOT_SET"/);
  });

  it("takes no name that every object inherits for a setting, a constraint or a connection", () => {
    assert.match(errorOf("inheritedSetting") ?? "", /'%constructor%' does not resolve to a value/);
    assert.match(errorOf("inheritedConstraint") ?? "", /Unknown route constraint "constructor"/);
    assert.match(errorOf("inheritedConnection") ?? "", /set the app setting "toString"/);
  });

  it("leaves out those that are disabled", async () => {
    assert.equal(app.functions.find(({ name }) => name === "disabled")?.isDisabled, true);
    assert.equal((await fetch(`${app.url}/api/disabled`)).status, 404);
  });

  it("runs the others", async () => {
    assert.equal(await (await fetch(`${app.url}/api/fine`)).text(), "fine");
  });
});

describe("a process with a host", () => {
  it("takes no second one", async () => {
    const app = await startApp({ fixture: "second-host-app" });
    await app.until(() => app.seen("refusal").length === 1);
    assert.match(String(app.seen("refusal")[0]), /This process already hosts the function app/);
    await app.stop();
  });
});

describe("the hooks of an app", () => {
  let app: AppProcess;
  before(async () => {
    app = await startApp({ fixture: "hooks-app" });
  });
  after(() => app.stop());

  it("see start and end, sharing data", async () => {
    const own = await startApp({ fixture: "hooks-app" });
    assert.equal(own.seen("appStart").length, 1);
    await own.stop();
    assert.deepEqual(own.seen("appTerminate"), ["start"]);
  });

  it("wrap the handler before an invocation and share data with those after it", async () => {
    assert.equal(await (await fetch(`${app.url}/api/calm`)).text(), "calm");
    await app.until(() => app.seen("shared").length > 0);
    assert.deepEqual(app.seen("request"), ["calm"]);
    assert.deepEqual(app.seen("shared"), ["calm"]);
  });

  it("may turn an error into a result", async () => {
    assert.equal((await fetch(`${app.url}/api/angry`)).status, 418);
    await app.until(() => app.seen("error").length > 0);
    assert.deepEqual(app.seen("error"), ["angry"]);
  });

  it("rewrite what the app logs", async () => {
    await fetch(`${app.url}/api/calm`);
    await app.until(() => app.logs.some(({ category }) => category === "Function.calm.User"));
    const line = app.logs.find(({ category }) => category === "Function.calm.User");
    assert.deepEqual([line?.level, line?.message], ["warning", "[hooked] said hello"]);
    assert.equal(line?.scope?.name, "calm");
  });

  it("are not run once disposed", () => {
    assert.deepEqual(app.seen("disposed"), []);
  });
});
