import type { Sources } from "../azure/sources.ts";
import type { Observer } from "../flow/observer.ts";
import type { Notices } from "./notices.ts";

/** What the routes work with. */
export type Services = Sources & {
  readonly observer: Observer;
  readonly notices: Notices;
  readonly now: () => number;
  /** Aborted when the console closes. */
  readonly closing: AbortSignal;
};
