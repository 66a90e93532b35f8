/**
 * No compiler checks these files here (docs/deploy.md, "What has been tried"). So this reads them with a parser of its own
 * and holds what a compiler and its linter would hold, as far as it matters to us.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type BicepFile,
  bicepFiles,
  expressionsOf,
  of,
  readInfra,
  resourcesOf,
  seenFrom,
} from "./bicep/files.ts";
import { declaredNames, usedNames } from "./bicep/names.ts";
import { parseBicep } from "./bicep/parse.ts";
import { everyExpression, objectIn, textOf, valueAt } from "./bicep/syntax.ts";

const files = bicepFiles();
const fileAt = (path: string): BicepFile => {
  const file = files.find((one) => one.path === path);
  assert.ok(file, `There is no infra/${path}.`);
  return file;
};

for (const file of files) {
  describe(`infra/${file.path}`, () => {
    test("uses no name that it does not declare", () => {
      const declared = new Set([...declaredNames(file), ...namespaces]);
      assert.deepEqual(
        [...usedNames(file)].filter((name) => !declared.has(name)),
        [],
      );
    });

    test("declares no parameter, variable, import or module in vain", () => {
      const used = usedNames(file);
      const declared = file.statements.flatMap((statement) => {
        if (statement.kind === "import") return statement.names;
        return statement.kind === "param" || (statement.kind === "var" && !isExported(statement))
          ? [statement.name]
          : [];
      });
      assert.deepEqual(
        declared.filter((name) => !used.has(name)),
        [],
      );
    });

    test("calls functions of Bicep alone", () => {
      const called = file.statements
        .flatMap(expressionsOf)
        .flatMap((expression) => (expression.kind === "call" ? [expression.name] : []));
      assert.deepEqual(
        called.filter((name) => !functions.has(name)),
        [],
      );
    });

    test("loads files that exist", () => {
      for (const path of loadedFiles(file)) assert.ok(readInfra(path).length > 0, path);
    });

    test("gives its modules the parameters that they declare, and takes outputs that they have", () => {
      for (const module of of(file, "module")) {
        const target = fileAt(seenFrom(file, module.path));
        const given = objectIn(valueAt(module.body, "params") ?? emptyObject)?.properties ?? [];
        const names = given.map(({ key }) => key);
        const parameters = of(target, "param");
        const required = parameters.filter(({ otherwise }) => otherwise === undefined);
        assert.deepEqual(
          required.map(({ name }) => name).filter((name) => !names.includes(name)),
          [],
          `${module.name} lacks parameters`,
        );
        assert.deepEqual(
          names.filter((name) => !parameters.some((parameter) => parameter.name === name)),
          [],
          `${module.name} has no such parameters`,
        );
        const outputs = of(target, "output").map(({ name }) => name);
        assert.deepEqual(
          outputsTaken(file, module.name).filter((name) => !outputs.includes(name)),
          [],
          `${module.name} has no such outputs`,
        );
      }
    });

    test("imports what other files export", () => {
      for (const { names, from } of of(file, "import")) {
        const exported = of(fileAt(seenFrom(file, from)), "var").filter(isExported);
        assert.deepEqual(
          names.filter((name) => !exported.some((one) => one.name === name)),
          [],
        );
      }
    });

    test("tags every resource that can be tagged, and says where it is", () => {
      for (const { name, type, isExisting, body } of resourcesOf(file)) {
        if (isExisting) continue;
        const [typeName = ""] = type.split("@");
        const isTagged = valueAt(body, "tags") !== undefined;
        assert.equal(isTagged, !untagged.has(typeName), `${name} (${typeName})`);
        if (valueAt(body, "location") !== undefined) assert.ok(isTagged, `${name} has a location`);
      }
    });

    test("puts no secret into an output", () => {
      for (const { name, value } of of(file, "output")) {
        const inside = [...everyExpression(value)];
        const secret = inside.find(
          (one) =>
            ((one.kind === "method" || one.kind === "call") && /list|secret/i.test(one.name)) ||
            (one.kind === "member" && /key|connectionstring|password/i.test(one.name)) ||
            (one.kind === "name" && secureNames(file).includes(one.name)),
        );
        assert.equal(secret, undefined, `output ${name}`);
      }
    });
  });
}

test("every resource type has an API version of the right form, and one only", () => {
  const versions = new Map<string, Set<string>>();
  for (const { type } of files.flatMap((file) => of(file, "resource"))) {
    assert.match(type, /^Microsoft\.[A-Za-z]+(\/[A-Za-z]+)+@20\d\d-\d\d-\d\d(-preview)?$/);
    const [name = "", version = ""] = type.split("@");
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  assert.deepEqual(
    [...versions].filter(([, found]) => found.size > 1),
    [],
  );
});

test("no service takes a key or a password where an identity will do", () => {
  const value = (path: string, resource: string, key: string): unknown => {
    const found = of(fileAt(path), "resource").find(({ name }) => name === resource);
    const at = found && valueAt(found.body, `properties.${key}`);
    return at?.kind === "literal" ? at.value : undefined;
  };
  assert.equal(value("modules/cosmos.bicep", "account", "disableLocalAuth"), true);
  assert.equal(value("modules/topic.bicep", "topic", "disableLocalAuth"), true);
  assert.equal(value("modules/telemetry.bicep", "insights", "DisableLocalAuth"), true);
  assert.equal(value("modules/storage.bicep", "account", "allowSharedKeyAccess"), false);
  assert.equal(value("modules/storage.bicep", "account", "allowBlobPublicAccess"), false);
  assert.equal(value("modules/vault.bicep", "vault", "enableRbacAuthorization"), true);
  for (const app of ["modules/function-app.bicep", "modules/admin-app.bicep"]) {
    assert.equal(value(app, "app", "httpsOnly"), true);
    assert.equal(value(app, "noFtp", "allow"), false);
    assert.equal(value(app, "noBasicScm", "allow"), false);
  }
});

test("the admin app is one instance, because its store is", () => {
  const [plan, app] = ["plan", "app"].map((resource) =>
    of(fileAt("modules/admin-app.bicep"), "resource").find(({ name }) => name === resource),
  );
  assert.deepEqual(plan && valueAt(plan.body, "sku.capacity"), { kind: "literal", value: 1 });
  assert.deepEqual(app && valueAt(app.body, "properties.siteConfig.numberOfWorkers"), {
    kind: "literal",
    value: 1,
  });
});

test("every event subscription dead-letters", () => {
  const subscriptions = of(fileAt("modules/event-subscriptions.bicep"), "resource").filter(
    ({ type }) => type.includes("/eventSubscriptions@"),
  );
  assert.ok(subscriptions.length > 0);
  for (const { name, body } of subscriptions)
    assert.ok(valueAt(body, "properties.deadLetterWithResourceIdentity"), name);
});

test("main.parameters.json sets parameters of main.bicep, each from azd's environment", () => {
  const { parameters } = JSON.parse(readInfra("main.parameters.json")) as {
    parameters: Record<string, { value: string }>;
  };
  const declared = of(fileAt("main.bicep"), "param");
  const required = declared.filter(({ otherwise }) => otherwise === undefined);
  for (const { name } of required) assert.ok(name in parameters, `${name} is required`);
  for (const [name, { value }] of Object.entries(parameters)) {
    const parameter = declared.find((one) => one.name === name);
    assert.ok(parameter, `main.bicep has no parameter ${name}`);
    const [, otherwise] = /^\$\{[A-Z_]+(?:=(.*))?\}$/.exec(value) ?? assert.fail(value);
    const own = parameter.otherwise;
    if (own === undefined || otherwise === undefined) continue;
    const text = own.kind === "literal" ? String(own.value) : textOf(own);
    assert.equal(otherwise, text, `${name} has two defaults`);
  }
});

test("azure.yaml names the services that the apps are tagged with", () => {
  const yaml = readInfra("../azure.yaml");
  const tagged = files.flatMap((file) =>
    file.statements
      .flatMap(expressionsOf)
      .flatMap((expression) => (expression.kind === "object" ? expression.properties : []))
      .flatMap(({ key, value }) => (key === "azd-service-name" ? [textOf(value) ?? ""] : [])),
  );
  assert.deepEqual(tagged.toSorted(), ["admin", "functions"]);
  for (const service of tagged) assert.match(yaml, new RegExp(`^  ${service}:$`, "m"));
});

describe("the parser", () => {
  const refused: Record<string, string> = {
    "a brace that is never closed": "var a = {\n  b: 1\n",
    "a string that is never closed": "var a = 'b\n",
    "an interpolation that is never closed": "var a = '${b'\n",
    "two properties on one line": "var a = {\n  b: 1 c: 2\n}\n",
    "a statement it does not know": "resource\n",
    "two statements on one line": "var a = 1 var b = 2\n",
  };
  for (const [what, source] of Object.entries(refused))
    test(`refuses ${what}`, () => {
      assert.throws(() => parseBicep(source), { name: "SyntaxFault" });
    });

  test("sees names inside interpolations, loops and lambdas", () => {
    const source =
      "var a = [for x in b: '${x}-${c}']\nvar d = map(e, y => { f: y, '${g}': h::i.j })\n";
    const used = usedNames({ path: "x.bicep", statements: parseBicep(source) });
    assert.deepEqual([...used].toSorted(), ["b", "c", "e", "g", "h"]);
  });
});

// ── What the tests above go by ───────────────────────────────────────────────────────────────────────────────────────

const namespaces = ["az", "sys"];

const functions = new Set([
  ...["deployer", "guid", "loadJsonContent", "loadTextContent", "resourceGroup", "subscription"],
  ...["subscriptionResourceId", "tenant", "toLower", "uniqueString", "union", "empty", "map"],
]);

/** Types without tags of their own (learn.microsoft.com/azure/templates). */
const untagged = new Set([
  "Microsoft.Authorization/roleAssignments",
  "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
  "Microsoft.EventGrid/topics/eventSubscriptions",
  "Microsoft.Storage/storageAccounts/blobServices",
  "Microsoft.Storage/storageAccounts/blobServices/containers",
  "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
  "Microsoft.Web/sites/config",
]);

const emptyObject = { kind: "object", properties: [] } as const;

function isExported({ decorators }: { readonly decorators: readonly { name: string }[] }): boolean {
  return decorators.some(({ name }) => name === "export");
}

function secureNames(file: BicepFile): string[] {
  return of(file, "param")
    .filter(({ decorators }) => decorators.some(({ name }) => name === "secure"))
    .map(({ name }) => name);
}

function loadedFiles(file: BicepFile): string[] {
  return file.statements.flatMap(expressionsOf).flatMap((expression) => {
    if (expression.kind !== "call" || !expression.name.startsWith("load")) return [];
    return [seenFrom(file, textOf(expression.arguments[0]) ?? assert.fail("not a plain string"))];
  });
}

/** `module.outputs.name`, whichever names there are. */
function outputsTaken(file: BicepFile, module: string): string[] {
  return file.statements.flatMap(expressionsOf).flatMap((expression) => {
    if (expression.kind !== "member" || expression.of.kind !== "member") return [];
    const { of: from, name } = expression.of;
    return name === "outputs" && from.kind === "name" && from.name === module
      ? [expression.name]
      : [];
  });
}
