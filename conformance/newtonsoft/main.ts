import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { rewriteJson } from "../../emulator/host/newtonsoft-texts.ts";
import { documents } from "./documents.ts";

/** What both made of a document; undefined where it cannot be read, for it holds a date that .NET does not have. */
type Pair = {
  readonly document: string;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
};

const shownDifferences = 20;

/**
 * Compares what the emulated host and Newtonsoft.Json make of generated documents.
 * @returns how many were compared, and how many of them are handed over as they are stored
 * @throws Error with the first documents of which they make something else
 */
export async function compareWithNewtonsoft(
  count: number,
  seed: number,
): Promise<{ readonly compared: number; readonly unchanged: number; readonly unreadable: number }> {
  process.env["TZ"] = "UTC";
  const generated = [...documents(count, seed)];
  const answers = await rewrittenByNewtonsoft(generated);
  if (answers.length !== count) throw new Error(`${answers.length} answers to ${count} documents.`);
  const pairs = generated.map((document, index): Pair => {
    return { document, ours: rewrittenHere(document), theirs: readable(answers[index] ?? "") };
  });

  const differences = pairs.filter((pair) => !areEqual(pair));
  if (differences.length > 0) {
    const shown = differences.slice(0, shownDifferences).map(describe).join("\n");
    throw new Error(`${differences.length} of ${count} documents differ, seed ${seed}:\n${shown}`);
  }
  return {
    compared: count,
    unchanged: pairs.filter(({ document, ours }) => ours === document).length,
    unreadable: pairs.filter(({ ours }) => ours === undefined).length,
  };
}

function rewrittenHere(document: string): string | undefined {
  try {
    return rewriteJson(document);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readable(answer: string): string | undefined {
  return answer === "!ArgumentOutOfRangeException" ? undefined : answer;
}

/** As the worker sees them, which parses what the host hands over. Zeros have no sign: JSON of JavaScript writes none. */
function areEqual({ ours, theirs }: Pair): boolean {
  if (ours === undefined || theirs === undefined) return ours === theirs;
  const parse = (json: string): unknown =>
    JSON.parse(json, (_name, value: unknown) => (value === 0 ? 0 : value));
  return isDeepStrictEqual(parse(ours), parse(theirs));
}

function describe({ document, ours, theirs }: Pair): string {
  return `stored ${document}\n  here ${ours ?? "unreadable"}\n  .NET ${theirs ?? "unreadable"}`;
}

async function rewrittenByNewtonsoft(documents: readonly string[]): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), "newtonsoft-"));
  try {
    const project = fileURLToPath(new URL("engine", import.meta.url));
    await run([
      "build",
      project,
      "--output",
      directory,
      `-p:BaseIntermediateOutputPath=${directory}/obj/`,
      "--nologo",
      "--verbosity",
      "quiet",
    ]);
    return await run([join(directory, "NewtonsoftTexts.dll")], documents);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/**
 * Runs `dotnet` with lines as its input.
 * @returns the lines of its output
 */
async function run(
  args: readonly string[],
  input: readonly string[] = [],
): Promise<readonly string[]> {
  const child = spawn("dotnet", args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: "1" },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  await pipeline(Readable.from(input.map((line) => `${line}\n`)), child.stdin);
  const code = await ended;
  if (code !== 0)
    throw new Error(`dotnet ${args.join(" ")} ended with ${code}:\n${lines.join("\n")}`);
  return lines;
}
