/**
 * Lays out what azd sends, in .saldo/packages/: bundles that need no installation. azd calls it before it packs a service:
 * `node infra/hooks/package.ts functions` after `npm run build`, `node infra/hooks/package.ts admin`.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the host needs: its settings, the bundle, and a package.json that names the bundle. */
export async function packageFunctions(folder: string): Promise<void> {
  await emptied(folder);
  await cp(`${root}/host.json`, `${folder}/host.json`);
  await cp(`${root}/dist`, `${folder}/dist`, { recursive: true });
  await writePackageJson(folder, { name: "saldo-functions", main: "dist/main.mjs" });
}

/**
 * The admin app in one file, with what browsers load beside it and who may sign in.
 *
 * @param approversFile Like admin/approvers.sample.json, whose passwords are public.
 */
export async function packageAdmin(folder: string, approversFile: string): Promise<void> {
  await emptied(folder);
  await build({
    absWorkingDir: root,
    // As deep as admin/http/, because public files are looked for relative to there.
    entryPoints: { "app/main": "admin/main.ts" },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    sourcemap: true,
    logLevel: "warning",
    // CommonJS packages (of Azure's identities) inside an ES module bundle need this name.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  await cp(`${root}/admin/public`, `${folder}/public`, {
    recursive: true,
    filter: (file) => !file.endsWith("tsconfig.json"),
  });
  await cp(approversFile, `${folder}/approvers.json`);
  await writePackageJson(folder, { name: "saldo-admin", main: "app/main.mjs" });
}

async function emptied(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

async function writePackageJson(folder: string, content: object): Promise<void> {
  const text = JSON.stringify({ ...content, private: true, type: "module" }, null, 2);
  await writeFile(`${folder}/package.json`, `${text}\n`);
}

/** The environment variable of azd that names the file of approvers. */
const approversVariable = "SALDO_ADMIN_APPROVERS_FILE";

async function main(service: string | undefined): Promise<void> {
  const folder = `${root}/.saldo/packages/${service ?? ""}`;
  switch (service) {
    case "functions":
      return packageFunctions(folder);
    case "admin": {
      const file = process.env[approversVariable];
      if (file === undefined || file === "")
        throw new Error(
          `Say who may sign in: azd env set ${approversVariable} <a file like admin/approvers.sample.json>`,
        );
      return packageAdmin(folder, resolve(root, file));
    }
    default:
      throw new Error("Say what to package: functions or admin.");
  }
}

if (import.meta.main) await main(process.argv[2]);
