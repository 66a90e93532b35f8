/**
 * Writes what others build upon into contract/: the OpenAPI and AsyncAPI documents, a JSON Schema for each integration
 * event, and the typed client. Run it after changing src/contract/ or a schema; a test says so if you forget.
 */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";
import { asyncApiDocument } from "../src/contract/asyncapi.ts";
import { clientSource } from "../src/contract/client-source.ts";
import { eventSchema, integrationEventTypes } from "../src/contract/event-schemas.ts";
import { openApiDocument } from "../src/contract/openapi.ts";

const folder = new URL("../contract/", import.meta.url);

/** The text of each generated file, by its path in contract/. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const openApi = openApiDocument();
  const documents: [path: string, content: object][] = [
    ["openapi.json", openApi],
    ["asyncapi.json", asyncApiDocument()],
    ...integrationEventTypes.map((type): [string, object] => [
      `events/${type}.schema.json`,
      eventSchema(type),
    ]),
  ];
  const texts = [
    ...documents.map(([path, content]) => [path, JSON.stringify(content)] as const),
    ["client.ts", clientSource(openApi)] as const,
  ];
  const formatted = texts.map(
    async ([path, text]) => [path, await formattedAs(path, text)] as const,
  );
  return new Map(await Promise.all(formatted));
}

async function formattedAs(path: string, text: string): Promise<string> {
  const file = new URL(path, folder);
  const style = await resolveConfig(file);
  return format(text, { ...style, filepath: file.pathname });
}

if (import.meta.main) {
  const files = await generatedFiles();
  const events = new URL("events/", folder);
  await mkdir(events, { recursive: true });
  for (const name of await readdir(events))
    if (!files.has(`events/${name}`)) await rm(new URL(name, events));
  for (const [path, text] of files) await writeFile(new URL(path, folder), text);
}
