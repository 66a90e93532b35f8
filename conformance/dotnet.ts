import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const silent = { DOTNET_CLI_TELEMETRY_OPTOUT: "1", DOTNET_NOLOGO: "1" };

/** What is built stays out of the repository, and is there for the next run. */
const buildRoot = fileURLToPath(new URL("../node_modules/.cache/conformance/", import.meta.url));

export const hasDotnet = (): boolean => spawnSync("dotnet", ["--version"]).status === 0;

/** Builds the project in `directory`, restoring its packages; gives the path of the assembly. */
export function buildProgram(directory: URL, assembly: string): string {
  const output = join(buildRoot, assembly);
  const { status, stdout } = spawnSync(
    "dotnet",
    [
      "build",
      fileURLToPath(directory),
      ...["--configuration", "Release", "--output", join(output, "bin")],
      ...["--verbosity", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false"],
      `-p:BaseIntermediateOutputPath=${join(output, "obj")}/`,
    ],
    { encoding: "utf8", env: { ...process.env, ...silent } },
  );
  if (status !== 0) throw new Error(`dotnet build of ${assembly} failed:\n${stdout}`);
  return join(output, "bin", `${assembly}.dll`);
}

/** Runs an assembly to its end. What it prints is shown with VERBOSE=1, or if it fails. */
export async function runProgram(
  path: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const isVerbose = process.env["VERBOSE"] === "1";
  const child = spawn("dotnet", [path, ...words], {
    env: { ...process.env, ...silent, ...environment },
    stdio: ["ignore", isVerbose ? "inherit" : "pipe", isVerbose ? "inherit" : "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (printed += text));
  }
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${path} ended with ${code ?? "a signal"}:\n${printed}`);
}
