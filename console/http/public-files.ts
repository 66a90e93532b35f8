import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Hono } from "hono";

/** Styles, scripts and the icon, read once; nothing else of the disk can be asked for. */
export const publicFiles = (): Hono => {
  const routes = new Hono();
  for (const [name, type] of Object.entries(files)) {
    const content = readFileSync(new URL(`../public/${name}`, import.meta.url), "utf8");
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

const files = {
  "styles.css": "text/css; charset=utf-8",
  "live.js": "text/javascript; charset=utf-8",
  "regions.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};
