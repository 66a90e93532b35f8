/**
 * A command on a long stream against one on a short stream, both loaded from the store: the warm state is of no use, as
 * on a function instance that has just started. Streams are prepared by writing commits directly.
 */
import { CosmosClient } from "@azure/cosmos";
import { parseStream } from "../domain/kernel/streams.ts";
import { commitId, noRecentCommands } from "../src/kernel/messages/commit.ts";
import { readSettings } from "../src/platform/settings.ts";
import { composeSystem } from "../src/system.ts";
import { localCosmosKey } from "../scripts/local-azure.ts";
import { median } from "./statistics.ts";

const together = 100;

export async function commandMs(
  cosmosUrl: string,
  { events, samples }: { events: number; samples: number },
): Promise<number> {
  const stream = `account-bench${events}`;
  const connection = `AccountEndpoint=${cosmosUrl}/;AccountKey=${localCosmosKey};`;
  await prepare(cosmosUrl, stream, events);
  await untilProjected(cosmosUrl, stream, events);
  const durationsMs: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    // A system composed anew has no warm state.
    const system = composeSystem(readSettings({ COSMOS: connection }));
    await system.accounts.read("nobody", "nobody"); // connects, and loads the SDK
    const commandId = `sample${events}-${sample}`;
    const startedAt = performance.now();
    await system.handleCommands([
      {
        commandId,
        stream,
        type: "LoadCredits",
        data: { amountE4: 1 },
        acceptedAt: new Date().toISOString(),
        actor: "bench",
        correlationId: commandId,
        causationId: commandId,
        traceparent: "",
      },
    ]);
    durationsMs.push(performance.now() - startedAt);
  }
  return median(durationsMs);
}

async function prepare(cosmosUrl: string, stream: string, events: number): Promise<void> {
  const client = new CosmosClient({ endpoint: cosmosUrl, key: localCosmosKey });
  const { items } = client.database("saldo").container("events");
  const person = { name: "Bench", email: "bench@example.com", currency: "EUR" };
  const balance = (availableE4: number) => ({ availableE4, inFlightE4: 0 });
  const startMs = Date.now() - events - 60_000;
  for (let first = 1; first <= events; first += together) {
    const count = Math.min(together, events - first + 1);
    const operations = Array.from({ length: count }, (_, index) => {
      const number = first + index;
      const loaded = { amountE4: 1, feeE4: 0, balance: balance(number) };
      const event =
        number === 1
          ? { type: "AccountOpened", data: person, v: 1 }
          : { type: "CreditsLoaded", data: loaded, v: 1 };
      const state = { stage: "open", currency: "EUR", ...balance(number), sending: {} };
      return {
        operationType: "Create" as const,
        resourceBody: {
          id: commitId(number),
          stream,
          number,
          version: number,
          at: new Date(startMs + number).toISOString(),
          events: [event],
          outcomes: [],
          commandIds: [`prepared${number}`],
          snapshot: { fold: 1, state },
          recent: noRecentCommands,
        },
      };
    });
    const answer = await items.batch(operations, stream);
    if (answer.code !== 200) throw new Error(`Preparing ${stream} answered ${answer.code ?? 0}.`);
  }
}

/** The running system projects what was prepared; measuring begins when it is done. */
async function untilProjected(cosmosUrl: string, stream: string, events: number): Promise<void> {
  const client = new CosmosClient({ endpoint: cosmosUrl, key: localCosmosKey });
  const { id } = parseStream(stream);
  const view = client.database("saldo").container("accounts").item(id, id);
  for (;;) {
    const { resource } = await view.read<{ version: number }>();
    if ((resource?.version ?? 0) >= events) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
