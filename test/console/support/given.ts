import assert from "node:assert/strict";
import { after } from "node:test";
import { startLocalAzure } from "../../../scripts/local-azure.ts";
import { clientOf, type Client } from "../../support/client.ts";
import { controlOf, type Control } from "../../support/control.ts";
import { eventually } from "../../support/eventually.ts";
import { anyPorts, temporaryDirectory } from "../../support/local-system.ts";
import { type Stored, storedAt } from "../../support/stored.ts";
import { transfersOf, type Transfers } from "../../support/transfers.ts";

export type System = {
  readonly consoleUrl: string;
  readonly client: Client;
  readonly control: Control;
  readonly transfers: Transfers;
  readonly stored: Stored;
  /** Waits until the sink has spans whose names contain this; answers the trace of the newest. */
  traceOf(name: string): Promise<string>;
};

/** The whole system with telemetry and the console, on fresh data: one for each test file. */
export async function startSystem(): Promise<System> {
  const azure = await startLocalAzure({
    directory: temporaryDirectory(),
    ...anyPorts,
    consolePort: 0,
    telemetryPort: 0,
    partitionCount: 2, // so that lags are summed up over several ranges
  });
  const stored = storedAt(azure.cosmosUrl);
  after(async () => {
    stored.close();
    await azure.stop();
  });
  const { consoleUrl = "", telemetryUrl = "" } = azure;
  const client = clientOf(azure.functionsUrl);
  return {
    consoleUrl,
    client,
    control: controlOf(azure.controlUrl),
    transfers: transfersOf(client),
    stored,
    traceOf: (name) =>
      eventually(`a trace of ${name}`, async () => {
        const response = await fetch(`${telemetryUrl}/traces?name=${encodeURIComponent(name)}`);
        const { traces } = (await response.json()) as { traces: { traceId: string }[] };
        return traces[0]?.traceId;
      }),
  };
}

/** The text of a page without its markup, and its status. */
export async function pageAt(
  url: string,
  init: RequestInit = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(url, init);
  const markup = await response.text();
  const text = markup.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  return { status: response.status, text, headers: response.headers };
}

/** What the flow's page is told first after it was opened: markup by the name of its region. */
export async function firstLook(consoleUrl: string): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(`${consoleUrl}/live/flow`);
  assert.ok(response.body !== null);
  let told = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    told += chunk;
    if (told.includes("\n\n")) break;
  }
  const [, regions = ""] = /^data: (.*)$/m.exec(told) ?? [];
  return JSON.parse(regions) as Record<string, string>;
}
