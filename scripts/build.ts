/** Bundles the function app into `dist/`: what is deployed, and what the embedded host runs. */
import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Code that only some invocations need (the SDKs) goes into chunks of its own, loaded with the first use. */
export async function buildApp(): Promise<void> {
  await rm(`${root}dist`, { recursive: true, force: true });
  await mkdir(`${root}dist`);
  await build({
    absWorkingDir: root,
    entryPoints: { main: "functions/index.ts" },
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: true,
    external: ["@azure/functions-core"],
    logLevel: "warning",
    // CommonJS packages inside an ES module bundle need these three names.
    banner: {
      js: [
        'import { createRequire as __createRequire } from "node:module";',
        'import { dirname as __pathDirname } from "node:path";',
        "const require = __createRequire(import.meta.url);",
        "const __filename = import.meta.filename;",
        "const __dirname = __pathDirname(__filename);",
      ].join(""),
    },
  });
}

if (import.meta.main) await buildApp();
