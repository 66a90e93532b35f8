import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { chromium, type Browser } from "playwright-core";

/** A browser to test pages with, or the reason why there is none. */
export type FoundBrowser = { launch: () => Promise<Browser> } | { missing: string };

/**
 * Looks for Chromium at CHROMIUM_PATH, among the programs of this machine and in Playwright's own
 * cache. Where it is missing and may be installed (root, apt-get), that is tried once.
 */
export async function findChromium(): Promise<FoundBrowser> {
  const executable = installed() ?? (await install());
  if (executable === undefined) return { missing: advice };
  // Without its sandbox, which containers do not allow: it opens nothing but this project's pages.
  return { launch: () => chromium.launch({ executablePath: executable, args: quietly }) };
}

const advice =
  "Chromium is not here: install it (apt-get install chromium, or npx playwright install chromium) " +
  "or name it in CHROMIUM_PATH.";

const quietly = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const installed = (): string | undefined => {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  const folders = ["/usr/bin", ...(process.env["PATH"] ?? "").split(delimiter)];
  const programs = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...programs, ...fromPlaywright()].find((path) => existsSync(path));
};

/** The newest that `npx playwright install` has put there, on Linux or macOS. */
const fromPlaywright = (): string[] => {
  const cache =
    process.env["PLAYWRIGHT_BROWSERS_PATH"] ??
    (process.platform === "darwin"
      ? join(homedir(), "Library/Caches/ms-playwright")
      : join(homedir(), ".cache/ms-playwright"));
  if (!existsSync(cache)) return [];
  const versions = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name));
  return versions
    .toSorted((one, other) => Number(other.slice(9)) - Number(one.slice(9)))
    .flatMap((version) =>
      ["chrome-linux/chrome", "chrome-linux64/chrome", macProgram].map((program) =>
        join(cache, version, program),
      ),
    );
};

const macProgram = "chrome-mac/Chromium.app/Contents/MacOS/Chromium";

const install = async (): Promise<string | undefined> => {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  try {
    const words = ["install", "-y", "--no-install-recommends", "chromium"];
    await promisify(execFile)("/usr/bin/apt-get", words, { timeout: installWithinMs });
  } catch {
    return undefined; // without a network, for instance: the caller tells what to install
  }
  return installed();
};

const installWithinMs = 300_000;
