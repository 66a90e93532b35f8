import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { generatedFiles } from "../../infra/generate.ts";
import { containers } from "../../src/containers.ts";
import { readInfra } from "./bicep/files.ts";

for (const [name, content] of Object.entries(generatedFiles()))
  test(`infra/generated/${name} is what \`node infra/generate.ts\` makes of the app's definitions`, () => {
    assert.deepEqual(JSON.parse(readInfra(`generated/${name}`)), content);
  });

test("infra/generated/ holds nothing else", () => {
  const found = readdirSync(new URL("../../infra/generated", import.meta.url));
  assert.deepEqual(found.toSorted(), Object.keys(generatedFiles()).toSorted());
});

test("every container of the app is made, with the partition key that the app uses", () => {
  const made = JSON.parse(readInfra("generated/containers.json")) as {
    id: string;
    partitionKey: { paths: string[] };
  }[];
  for (const { id, partitionKey } of Object.values(containers))
    assert.deepEqual(made.find((one) => one.id === id)?.partitionKey.paths, [partitionKey], id);
});
