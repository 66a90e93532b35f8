/**
 * `npm run check:lint`: ESLint for every file that has changed since it was last found to be right, or that imports one which
 * has, however indirectly. Rules that know types depend on what a file imports, which ESLint's own cache does not see.
 */
import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";

const root = fileURLToPath(new URL("..", import.meta.url));
const cacheFile = `${root}node_modules/.cache/check/lint.json`;

/** What all results depend on: the rules, the types of packages, and what is linted how. */
const common = [
  "eslint.config.js",
  "package-lock.json",
  ...globSync("**/tsconfig*.json", onlyOurs()),
];

const eslint = new ESLint({ cwd: root });
const known = readKnown();
const sources = new Map<string, string>();
const imports = new Map<string, readonly string[]>();
const base = digest(common.map(read));
const prints = await fingerprints();
const changed = [...prints].filter(([file, print]) => known[file] !== print).map(([file]) => file);
const results = changed.length === 0 ? [] : await eslint.lintFiles(changed);
const wrong = results.filter(({ errorCount, warningCount }) => errorCount + warningCount > 0);
if (wrong.length > 0) {
  const formatter = await eslint.loadFormatter("stylish");
  process.stdout.write(await formatter.format(wrong));
}
remember(new Set(wrong.map(({ filePath }) => fromRoot(filePath))));
process.exitCode = wrong.length > 0 ? 1 : 0;

function onlyOurs(): { cwd: string; exclude: (name: string) => boolean } {
  const others = new Set(["node_modules", "dist", ".saldo", ".git"]);
  return { cwd: root, exclude: (name) => others.has(name.split(/[/\\]/).at(-1) ?? "") };
}

/** Of each file that ESLint would look at: its text and that of all it imports. */
async function fingerprints(): Promise<ReadonlyMap<string, string>> {
  const files = globSync("**/*.{ts,js,mjs}", onlyOurs()).map((file) => file.replaceAll("\\", "/"));
  const ignored = await Promise.all(files.map((file) => eslint.isPathIgnored(file)));
  return new Map(
    files
      .filter((_, index) => ignored[index] === false)
      .toSorted()
      .map((file) => [file, digest([base, ...[...closureOf(file)].toSorted().map(read)])]),
  );
}

function closureOf(file: string): ReadonlySet<string> {
  const closure = new Set([file]);
  // A set that grows while it is iterated gives what was added, too.
  for (const each of closure) for (const imported of importsIn(each)) closure.add(imported);
  return closure;
}

/** Only files of this repository; what is written like an import in a text does no harm. */
function importsIn(file: string): readonly string[] {
  let paths = imports.get(file);
  if (paths === undefined) {
    const found = read(file).matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g);
    paths = [...found]
      .map(([, path = ""]) => fromRoot(resolve(root, dirname(file), path)))
      .filter((path) => read(path) !== "");
    imports.set(file, paths);
  }
  return paths;
}

function fromRoot(path: string): string {
  return relative(root, path).replaceAll("\\", "/");
}

function read(file: string): string {
  let text = sources.get(file);
  if (text === undefined) {
    text = textOf(file);
    sources.set(file, text);
  }
  return text;
}

/** Empty if there is none: then the compiler says so. */
function textOf(file: string): string {
  try {
    return readFileSync(`${root}${file}`, "utf8");
  } catch (error) {
    if (["ENOENT", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}

function digest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("base64url");
}

function readKnown(): Readonly<Record<string, string>> {
  const text = textOf(relative(root, cacheFile));
  return text === "" ? {} : (JSON.parse(text) as Record<string, string>);
}

function remember(wrongFiles: ReadonlySet<string>): void {
  const right = [...prints].filter(([file]) => !wrongFiles.has(file));
  mkdirSync(dirname(cacheFile), { recursive: true });
  writeFileSync(cacheFile, JSON.stringify(Object.fromEntries(right)));
}
