/** The generated documents are valid, complete, true to the doors, and as they are checked in. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, test } from "node:test";
import specifications from "@asyncapi/specs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { generatedFiles } from "../../scripts/contract.ts";
import { asyncApiDocument } from "../../src/contract/asyncapi.ts";
import { eventSchema, integrationEventTypes } from "../../src/contract/event-schemas.ts";
import { exampleEvent } from "../../src/contract/events-told.ts";
import { openApiDocument } from "../../src/contract/openapi.ts";
import { readIntegrationEvent } from "../../src/modules/account/read-integration-event.ts";
import { openApiSchemas } from "./support/answers.ts";
import { faultsOf, newValidator } from "./support/schemas.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}contract/`;
const openApi = openApiDocument();
const asyncApi = asyncApiDocument();
const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe("contract/", () => {
  test("holds what is generated today", async () => {
    const advice = "Run `node scripts/contract.ts` and check in what it changes.";
    for (const [path, text] of await generatedFiles())
      assert.equal(readFileSync(`${folder}${path}`, "utf8"), text, `${path} is stale. ${advice}`);
  });

  test("holds no schema of an event that is not published", async () => {
    const generated = await generatedFiles();
    for (const path of globSync("events/*", { cwd: folder })) assert.ok(generated.has(path), path);
  });
});

test("of src/contract/, only what makes it when it is asked for is loaded with the app", () => {
  const values = /^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gms;
  const importsOf = (path: string): readonly string[] =>
    [...readFileSync(`${root}${path}`, "utf8").matchAll(values)].map(([, from = ""]) => from);
  assert.deepEqual(importsOf("src/contract/show-contract.ts"), ["node:crypto"]);
  for (const path of globSync("src/**/*.ts", { cwd: root })) {
    const isInside = path.startsWith("src/contract/");
    const contract = importsOf(path).filter((from) => from.includes("contract/"));
    const allowed = path === "src/endpoints.ts" ? ["./contract/show-contract.ts"] : [];
    if (!isInside) assert.deepEqual(contract, allowed, path);
  }
});

describe("the OpenAPI document", () => {
  test("tells every endpoint, and no other", async () => {
    // The app reads its settings as it is loaded.
    Object.assign(process.env, {
      IDENTITY_ISSUER: "https://issuer.example/v2.0",
      IDENTITY_AUDIENCE: "00000000-0000-0000-0000-000000000000",
    });
    const { endpoints } = await import("../../src/endpoints.ts");
    const told = operations.map(({ operation }) => operation.operationId);
    assert.deepEqual(told.toSorted(), Object.keys(endpoints).toSorted());
  });

  test("is valid by the official schema of OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(openApi));
    assert.deepEqual(errors, undefined);
    assert.equal(valid, true);
    assert.equal(validator.version, "3.1");
  });

  test("declares each parameter that is in a path, and uses each that is declared", () => {
    const used = new Set<string>();
    for (const { path, operation } of operations) {
      const names = operation.parameters.map(({ $ref }) => $ref.split("/").at(-1) ?? "");
      const declared = names.map((name) => openApi.components.parameters[name]);
      const inPath = declared.flatMap((each) => (each?.in === "path" ? [each.name] : []));
      const inTemplate = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      assert.deepEqual(inPath.toSorted(), inTemplate.toSorted(), path);
      for (const name of names) used.add(name);
    }
    assert.deepEqual(Object.keys(openApi.components.parameters).toSorted(), [...used].toSorted());
  });

  test("shows examples that are true", () => {
    const { validateAt } = openApiSchemas(openApi);
    for (const { path, method, operation } of operations) {
      const where = `${method} ${path}`;
      const { requestBody } = operation;
      const contents = [requestBody, ...Object.values(operation.responses)].flatMap((each) =>
        Object.values(each?.content ?? {}),
      );
      for (const { schema, example, examples = { example: { value: example } } } of contents)
        for (const [name, { value }] of Object.entries(examples))
          assert.deepEqual(validateAt(schema, value), [], `${where}: ${name}`);
    }
    for (const { name, schema, example } of Object.values(openApi.components.parameters))
      if (example !== undefined) assert.deepEqual(validateAt(schema, example), [], name);
  });

  test("asks for a token wherever there is something to guard", () => {
    for (const { path, operation } of operations) {
      const isOpen = operation.tags.includes("Service");
      assert.equal(operation.security === undefined, isOpen, path);
      assert.equal(operation.responses["401"] === undefined, isOpen, path);
    }
  });
});

describe("the AsyncAPI document", () => {
  // AsyncAPI's own schemas, and those of its messages, are of JSON Schema draft 7.
  const newValidator7 = (): Ajv => {
    const validator = new Ajv({ strict: false, allErrors: true });
    formats.default(validator);
    return validator;
  };

  test("is valid by the official schema of AsyncAPI 3.0", () => {
    const validate = newValidator7().compile(specifications.schemasWithoutId["3.0.0"] as object);
    assert.deepEqual(faultsOf(validate, asyncApi), []);
    assert.notDeepEqual(faultsOf(validate, { ...asyncApi, channels: "none" }), []);
  });

  test("tells every event there is, with an example that is true", () => {
    const { messages, schemas } = asyncApi.components;
    assert.deepEqual(Object.keys(messages), integrationEventTypes);
    for (const { name, payload, examples } of Object.values(messages)) {
      const validate = newValidator7().compile({ ...payload, components: { schemas } });
      for (const { payload: event } of examples)
        assert.deepEqual(faultsOf(validate, event), [], name);
      assert.notDeepEqual(faultsOf(validate, { ...examples[0]?.payload, data: {} }), [], name);
    }
  });
});

describe("the schema of an event", () => {
  for (const type of integrationEventTypes)
    test(`${type} holds for its example, and for nothing that lacks a member`, () => {
      const validate = newValidator().compile(eventSchema(type));
      const event = exampleEvent(type);
      assert.deepEqual(faultsOf(validate, event), []);
      assert.deepEqual(readIntegrationEvent(event), event);
      for (const name of Object.keys(event)) {
        const { [name as keyof typeof event]: _, ...rest } = event;
        assert.notDeepEqual(faultsOf(validate, rest), [], name);
      }
    });
});
