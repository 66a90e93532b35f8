/**
 * The golden files: what released versions have stored and published. A file that is there is released, and stays as it
 * is for ever; `released.json` holds a fingerprint of each, so that nobody changes one by accident.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import type { CommandEnvelope } from "../../../src/kernel/messages/command.ts";
import type { Commit } from "../../../src/kernel/messages/commit.ts";
import { fingerprint } from "../../../src/platform/digest.ts";

const folder = new URL("../golden/", import.meta.url);
const manifest = "released.json";

/** A stream as it was stored, and what could be seen of it by the code of that time. */
export type StoredGolden = { readonly commits: readonly Commit[]; readonly meaning: object };

/** A command as it was stored, the stream it is for, and how the code of that time decided it. */
export type CommandGolden = {
  readonly before: readonly Commit[];
  readonly command: CommandEnvelope;
  readonly decided: object;
};

/** The golden files whose path begins so, by their path. */
export function goldenFiles<Content>(beginning: string): ReadonlyMap<string, Content> {
  const paths = globSync("**/*.json", { cwd: fileURLToPath(folder) })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path !== manifest && path.startsWith(beginning))
    .sort();
  return new Map(paths.map((path) => [path, readJson(path) as Content]));
}

/** The fingerprint of each golden file as it was when it was recorded. */
export function released(): Readonly<Record<string, string>> {
  return readJson(manifest) as Record<string, string>;
}

export function fingerprints(): Readonly<Record<string, string>> {
  const files = goldenFiles<unknown>("");
  return Object.fromEntries([...files].map(([path, content]) => [path, fingerprint(content)]));
}

/** Keeps a new golden file; one that is there already is left alone. Answers whether it is new. */
export async function keep(path: string, content: object): Promise<boolean> {
  if (goldenFiles(path).has(path)) return false;
  await write(path, content);
  return true;
}

export async function keepManifest(): Promise<void> {
  await write(manifest, fingerprints());
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, folder), "utf8"));
}

async function write(path: string, content: object): Promise<void> {
  const file = fileURLToPath(new URL(path, folder));
  const style = await resolveConfig(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await format(JSON.stringify(content), { ...style, filepath: file }));
}
