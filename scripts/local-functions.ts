/**
 * The function app alone in the embedded host, on the services that COSMOS and EVENT_GRID_TOPIC_ENDPOINT name, until Ctrl-C,
 * in the time of the emulated services whose control door SALDO_CONTROL_URL names (without it, in the machine's).
 * Several of them share the work of the feeds as instances of a function app do; Event Grid calls what SALDO_PUBLIC_URL
 * names, which is in front of them all, or the one started last.
 */
import { fileURLToPath } from "node:url";
import { followClock } from "../emulator/control/follow-clock.ts";
import { startHost } from "../emulator/host/index.ts";
import { createClock } from "../emulator/shared/clock.ts";
import { subscribeFunctions } from "../infra/subscribe.ts";
import { allowedHosts, portFrom, runUntilStopped } from "./environment.ts";
import { localKeys, shareTime } from "./local-azure.ts";

const {
  COSMOS: cosmos,
  EVENT_GRID_TOPIC_ENDPOINT: topicEndpoint,
  SALDO_CONTROL_URL: controlUrl,
  SALDO_PUBLIC_URL: publicUrl,
} = process.env;
if (cosmos === undefined || topicEndpoint === undefined) {
  console.error("Set COSMOS and EVENT_GRID_TOPIC_… to what scripts/local-services.ts prints.");
  process.exit(2);
}

await runUntilStopped(async () => {
  const stopping = new AbortController();
  const clock =
    controlUrl === undefined ? createClock() : await followClock(controlUrl, stopping.signal);
  shareTime(clock);
  const host = await startHost({
    directory: fileURLToPath(new URL("..", import.meta.url)),
    clock,
    port: portFrom("SALDO_FUNCTIONS_PORT", 7071),
    allowedHosts: allowedHosts(),
  });
  await subscribeFunctions(create, {
    functionsUrl: publicUrl ?? host.url,
    systemKey: localKeys.eventGridExtension,
  });
  console.log(`
  functions   ${host.url}/api        (${host.functions.length} functions)
`);
  return async () => {
    await host.stop();
    stopping.abort();
  };
});

async function create(topic: string, name: string, definition: object): Promise<void> {
  const url = new URL(`/topics/${topic}/eventSubscriptions/${name}`, topicEndpoint);
  const response = await fetch(url, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(definition),
  });
  if (!response.ok)
    throw new Error(`The subscription ${name} was refused: ${await response.text()}`);
}
