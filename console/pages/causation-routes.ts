import { Hono } from "hono";
import type { StoredDocument } from "../azure/documents.ts";
import { Problem } from "../http/problem.ts";
import type { Services } from "../http/services.ts";
import { commitsIn } from "../saldo/commits.ts";
import { storyOfCommand, storyOfTransfer } from "../stories/gather.ts";
import { causationPage, recentCommandsPage } from "./causation-page.ts";

const shownCommits = 40;

export const causationRoutes = ({ documents, now }: Services): Hono => {
  const routes = new Hono();
  routes.get("/causation", async (c) => {
    const { stream, command, transfer } = c.req.query();
    if (transfer !== undefined && transfer !== "") {
      const roots = await storyOfTransfer(documents, transfer);
      if (roots === undefined)
        throw new Problem(404, "Unknown transfer", `Nothing is known of ${transfer}.`);
      return c.html(causationPage({ asked: transfer, what: "transfer", roots }));
    }
    if (stream === undefined || command === undefined) {
      const commits = await documents.query<StoredDocument>("events", {
        text: "SELECT * FROM c ORDER BY c.at DESC",
        limit: shownCommits,
      });
      return c.html(recentCommandsPage(commitsIn(commits), now()));
    }
    const roots = await storyOfCommand(documents, stream, command);
    if (roots === undefined)
      throw new Problem(404, "Unknown command", `${stream} has no command ${command}.`);
    return c.html(causationPage({ asked: command, what: "command", roots }));
  });
  return routes;
};
