import {
  createActivityTrigger,
  createDurableClientInput,
  createOrchestrationTrigger,
} from "../durable/bindings.ts";
import { createCosmosTrigger } from "./cosmos-trigger/trigger.ts";
import { createEventGridTrigger } from "./event-grid-trigger/trigger.ts";
import type { InputKind } from "./functions.ts";
import { createHttpTrigger } from "./http/trigger.ts";
import { createTimerTrigger } from "./timer-trigger/trigger.ts";
import type { HostServices, TriggerKind } from "./trigger-kind.ts";

/**
 * The kinds of trigger the host knows, by binding type in lower case. A new kind is one file that
 * makes a `TriggerKind` and one line here.
 */
export const triggerKinds: Readonly<Record<string, (services: HostServices) => TriggerKind>> = {
  httptrigger: createHttpTrigger,
  cosmosdbtrigger: createCosmosTrigger,
  timertrigger: createTimerTrigger,
  orchestrationtrigger: createOrchestrationTrigger,
  activitytrigger: createActivityTrigger,
  eventgridtrigger: createEventGridTrigger,
};

/** The kinds of input binding beside triggers, in the same manner. */
export const inputKinds: Readonly<Record<string, (services: HostServices) => InputKind>> = {
  durableclient: createDurableClientInput,
};
