import type { Instances } from "../../platform/durable/instances.ts";
import type { HttpResponse } from "../../platform/http/exchange.ts";
import type { CallerHandler } from "../access/guard.ts";
import type { Rule } from "../access/rules.ts";

type Row = {
  readonly method: "GET" | "POST";
  /** Without `/api/`. */
  readonly route: string;
  /** Who may ask, and about what. */
  readonly access: Rule;
};

/** One row: an endpoint's address, who may ask, and what answers. Its name is that of its function and its operation. */
export type Endpoint<Services> = Row & {
  handler(services: Services): CallerHandler;
};

/** One that asks about the instances of a process. */
export type ProcessEndpoint<Services> = Row & {
  readonly orchestrator: string;
  handler(services: Services): (instances: Instances) => Promise<HttpResponse>;
};

export type Endpoints<Services> = Readonly<
  Record<string, Endpoint<Services> | ProcessEndpoint<Services>>
>;
