import type { InputKind } from "../host/functions.ts";
import type { HostServices, TriggerKind } from "../host/trigger-kind.ts";
import type { Call } from "./engine/instance.ts";
import { createDurableFunctions } from "./hub-services.ts";
import { createManagementApi } from "./management/api.ts";
import { clientData } from "./management/payloads.ts";
import { createWebhook, extensionName, listenForClients } from "./management/transport.ts";
import { readDurableOptions } from "./options.ts";
import { openTaskHub } from "./task-hub.ts";

/** Functions that `durable-functions` registers as orchestrators. */
export function createOrchestrationTrigger(services: HostServices): TriggerKind {
  return triggerKind(extensionOf(services), "sub-orchestration");
}

/** Functions that `durable-functions` registers as activities. */
export function createActivityTrigger(services: HostServices): TriggerKind {
  return triggerKind(extensionOf(services), "activity");
}

/** What `df.getClient(context)` reads; an invocation waits for it until the hub is open. */
export function createDurableClientInput(services: HostServices): InputKind {
  const { clientText } = extensionOf(services);
  return async () => ({ string: await clientText });
}

function triggerKind(extension: Extension, kind: Call["kind"]): TriggerKind {
  return {
    listen: (target) => {
      extension.functions.add(kind, target);
      return { stop: extension.stop };
    },
    begin: extension.begin,
  };
}

/** The runtime of one host, which its three kinds of binding share. */
type Extension = {
  readonly functions: ReturnType<typeof createDurableFunctions>;
  /** JSON of the durable client's binding. */
  readonly clientText: Promise<string>;
  /** Opens the task hub, if the app has durable functions. */
  begin(): Promise<void>;
  stop(): Promise<void>;
};

const extensions = new WeakMap<HostServices, Extension>();

const webhookPath = "/runtime/webhooks/durabletask";

const systemKeyName = `${extensionName}_extension`;

function extensionOf(services: HostServices): Extension {
  const known = extensions.get(services);
  if (known !== undefined) return known;
  const created = createExtension(services);
  extensions.set(services, created);
  return created;
}

function createExtension(services: HostServices): Extension {
  const functions = createDurableFunctions();
  const client = Promise.withResolvers<string>();
  let open: Promise<() => Promise<void>> | undefined;

  const openHub = async (): Promise<() => Promise<void>> => {
    const { configuration, frontDoor, logger } = services;
    const options = readDurableOptions(configuration);
    const hub = await openTaskHub(services, functions, options);
    const systemKey = configuration.keys[systemKeyName] ?? hub.systemKey;
    const { hubName } = options;
    const webhook = { baseUrl: `${frontDoor.url}${webhookPath}`, hubName, systemKey };
    const api = createManagementApi(hub.operations, webhook);
    const keys = { ...configuration.keys, [systemKeyName]: systemKey };
    frontDoor.mount(webhookPath, createWebhook(api, webhookPath, keys));
    const rpc = await listenForClients(api, logger);
    client.resolve(JSON.stringify(clientData(webhook, rpc.baseUrl)));
    return async () => {
      await hub.drain();
      // Functions that still run may start instances: the next host will go on with them.
      await services.invoker.idle();
      rpc.close();
      hub.close();
    };
  };

  const stop = async (): Promise<void> => {
    // A hub that did not open was reported by begin().
    const close = await open?.catch(() => undefined);
    await close?.();
  };
  let stopped: Promise<void> | undefined;

  return {
    functions,
    clientText: client.promise,
    begin: async () => {
      if (functions.size === 0) {
        client.resolve("null");
        return;
      }
      open ??= openHub();
      await open;
    },
    stop: () => (stopped ??= stop()),
  };
}
