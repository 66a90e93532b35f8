/** What operators may ask of the pipeline itself, whatever its aggregates are. */
import type { Clock } from "../../platform/clock.ts";
import type { Endpoints } from "../endpoints/endpoint.ts";
import { discardDeadLetter, repairDeadLetter } from "./decide.ts";
import { type Recovery, replayDeadLetters } from "./replay.ts";
import { showDeadLetter, showDeadLetters } from "./show.ts";

type Services = { readonly recovery: Recovery; readonly clock: Clock };

const forOperators = { operator: "any" } as const;

export const recoveryEndpoints = {
  showDeadLetters: {
    method: "GET",
    route: "operator/dead-letters",
    access: forOperators,
    handler: ({ recovery }) => showDeadLetters(recovery),
  },
  showDeadLetter: {
    method: "GET",
    route: "operator/dead-letters/{id}",
    access: forOperators,
    handler: ({ recovery }) => showDeadLetter(recovery),
  },
  replayDeadLetters: {
    method: "POST",
    route: "operator/dead-letters/replay",
    access: forOperators,
    handler: ({ recovery }) => replayDeadLetters(recovery),
  },
  repairDeadLetter: {
    method: "POST",
    route: "operator/dead-letters/{id}/repair",
    access: forOperators,
    handler: ({ recovery, clock }) => repairDeadLetter(recovery, clock),
  },
  discardDeadLetter: {
    method: "POST",
    route: "operator/dead-letters/{id}/discard",
    access: forOperators,
    handler: ({ recovery, clock }) => discardDeadLetter(recovery, clock),
  },
} as const satisfies Endpoints<Services>;
