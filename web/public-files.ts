import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Hono } from "hono";

/** Styles, scripts and the icon in a folder, read once; nothing else of the disk can be asked for. */
export const publicFiles = (folder: URL, names: readonly string[]): Hono => {
  const routes = new Hono();
  for (const name of names) {
    const type = typeOf(name);
    const content = readFileSync(new URL(name, folder), "utf8");
    const etag = `"${createHash("sha256").update(content).digest("base64url")}"`;
    const headers = { "content-type": type, etag, "cache-control": "no-cache" };
    routes.get(`/public/${name}`, (c) =>
      c.req.header("if-none-match") === etag
        ? c.body(null, 304, headers)
        : c.body(content, 200, headers),
    );
  }
  return routes;
};

/** The media type of a file by how its name ends. */
const typeOf = (name: string): string => {
  const type = types.find(([ending]) => name.endsWith(ending))?.[1];
  if (type === undefined) throw new Error(`What is ${name}?`);
  return type;
};

const types = [
  [".css", "text/css; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".svg", "image/svg+xml"],
] as const;
