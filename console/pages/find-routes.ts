import { html } from "hono/html";
import { Hono } from "hono";
import type { Services } from "../http/services.ts";
import { named } from "../saldo/named.ts";
import { findCommand } from "../stories/gather.ts";
import type { Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { causationPath, empty } from "./parts.ts";

/** Goes where the word leads; what leads nowhere is explained. */
export const findRoutes = ({ documents }: Services): Hono => {
  const routes = new Hono();
  routes.get("/find", async (c) => {
    const asked = (c.req.query("q") ?? "").trim();
    const found = named(asked);
    switch (found.what) {
      case "trace":
        return c.redirect(`/traces/${found.traceId}`);
      case "transfer":
        return c.redirect(`/causation?transfer=${found.transferId}`);
      case "stream":
        return c.redirect(`/streams/${found.stream}`);
      case "command": {
        const command = await findCommand(documents, found.commandId);
        if (command !== undefined)
          return c.redirect(causationPath(command.stream, command.commandId));
        return c.html(nowhere(asked, "It looks like a command's id, but no stream knows it."), 404);
      }
      case "nothing":
        return c.html(nowhere(asked, "It has the form of none of these."), 404);
    }
  });
  return routes;
};

const nowhere = (asked: string, why: string): Html =>
  page({
    title: "Search",
    asked,
    content: html`<div class="page-head"><h1>Search</h1></div>
      ${empty(
        asked === "" ? "What are you looking for?" : `Nothing is called ${asked}`,
        html`${why} A trace has 32 hexadecimal digits (or is a whole traceparent), a command 20
        characters, an account 16, a transfer 16-20.`,
      )}`,
  });
