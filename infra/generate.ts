/**
 * Writes infra/generated/: what the Bicep files load from the app's own definitions. Run `node infra/generate.ts` after
 * changing src/containers.ts, src/subscriptions.ts or infra/monitoring/; a test says so if you forget.
 */
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";
import { containerResources, subscriptionResources } from "./definitions.ts";
import { workbook } from "./monitoring/workbook.ts";

const folder = new URL("generated/", import.meta.url);

/** What each generated file holds, by its name. */
export function generatedFiles(): Record<string, unknown> {
  return {
    "containers.json": containerResources(),
    "subscriptions.json": subscriptionResources(),
    "workbook.json": workbook(readQuery),
  };
}

function readQuery(name: string): string {
  return readFileSync(new URL(`monitoring/queries/${name}.kql`, import.meta.url), "utf8");
}

if (import.meta.main) {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(generatedFiles())) {
    const file = new URL(name, folder);
    const style = await resolveConfig(file);
    await writeFile(file, await format(JSON.stringify(content), { ...style, parser: "json" }));
  }
}
