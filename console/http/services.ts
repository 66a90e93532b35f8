import type { ControlDoor } from "../azure/control-door.ts";
import type { Documents } from "../azure/documents.ts";
import type { EventGrid } from "../azure/event-grid.ts";
import type { Instances } from "../azure/instances.ts";
import type { Operators } from "../azure/operators.ts";
import type { Telemetry } from "../azure/telemetry.ts";
import type { Observer } from "../flow/observer.ts";
import type { Notices } from "./notices.ts";

/** Where everything that the console shows comes from. */
export type Sources = {
  readonly documents: Documents;
  readonly operators: Operators;
  readonly instances: Instances;
  readonly eventGrid: EventGrid;
  readonly controlDoor: ControlDoor;
  readonly telemetry: Telemetry;
};

/** What the routes work with. */
export type Services = Sources & {
  readonly observer: Observer;
  readonly notices: Notices;
  readonly now: () => number;
  /** Aborted when the console closes. */
  readonly closing: AbortSignal;
};
