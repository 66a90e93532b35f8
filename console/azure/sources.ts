import type { ControlDoor } from "./control-door.ts";
import type { Documents } from "./documents.ts";
import type { EventGrid } from "./event-grid.ts";
import type { Instances } from "./instances.ts";
import type { Operators } from "./operators.ts";
import type { Telemetry } from "./telemetry.ts";

/** Where everything that the console shows comes from. */
export type Sources = {
  readonly documents: Documents;
  readonly operators: Operators;
  readonly instances: Instances;
  readonly eventGrid: EventGrid;
  readonly controlDoor: ControlDoor;
  readonly telemetry: Telemetry;
};
