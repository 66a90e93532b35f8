import { Hono } from "hono";
import type { StoredDocument } from "../azure/documents.ts";
import { Problem } from "../http/problem.ts";
import type { Services } from "../http/services.ts";
import { entriesIn } from "../saldo/commits.ts";
import { accountsPage, streamPage } from "./stream-page.ts";

const shownCommits = 25;
const shownAccounts = 100;

export const streamRoutes = ({ documents }: Services): Hono => {
  const routes = new Hono();

  routes.get("/streams", async (c) => {
    const accounts = await documents.query<StoredDocument>("accounts", {
      text: "SELECT * FROM c",
      limit: shownAccounts,
    });
    return c.html(accountsPage(accounts, shownAccounts));
  });

  routes.get("/streams/:stream", async (c) => {
    const stream = c.req.param("stream");
    // `at`: up to and including this commit; else the newest.
    const at = c.req.query("at") ?? "9999";
    // One more than shown: the state before the oldest, to tell what it changed.
    const [stored, corrections] = await Promise.all([
      documents.query<StoredDocument>("events", {
        text: "SELECT * FROM c WHERE c.stream = @stream AND c.at <= @at ORDER BY c.at DESC",
        parameters: { stream, at },
        partition: stream,
        limit: shownCommits + 1,
      }),
      documents.query<StoredDocument>("events", {
        text: "SELECT * FROM c WHERE c.stream = @stream AND IS_DEFINED(c.corrects)",
        parameters: { stream },
        partition: stream,
      }),
    ]);
    const entries = entriesIn(stored, corrections);
    if (entries.length === 0)
      throw new Problem(404, "An empty stream", `Nothing has happened in ${stream}.`);
    const account = await documents.read(
      "accounts",
      stream.replace("account-", ""),
      stream.replace("account-", ""),
    );
    const isLatest = at === "9999";
    return c.html(streamPage({ stream, entries, shown: shownCommits, account, isLatest }));
  });
  return routes;
};
